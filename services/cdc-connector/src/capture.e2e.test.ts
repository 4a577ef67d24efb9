import { must } from '@ebb/core';
import { topicOffsets } from '@ebb/kafka';
import { eventually } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signalResnapshot } from './resnapshots/store.ts';
import { type Capture, startCapture } from './testing/capture.ts';

const PATIENCE = { timeoutMs: 90_000 };
const TOPIC = 'cdc.crm.thing';

let capture: Capture;

beforeAll(async () => {
  capture = await startCapture();
}, 240_000);

afterAll(() => capture.dispose());

const settled = (epoch: number): Promise<void> =>
  eventually(async () => {
    expect(await capture.status()).toMatchObject({
      epoch: { number: epoch, snapshotCompletedAt: expect.any(String) as string },
      connector: { state: 'RUNNING', task: 'RUNNING' },
      slot: { active: true },
    });
  }, PATIENCE);

const arrived = (label: string, epoch: number): Promise<void> =>
  eventually(() => {
    const found = capture.topics.changes(TOPIC).filter((change) => change.after?.['label'] === label);
    expect(found.map((change) => change.epoch)).toContain(String(epoch));
  }, PATIENCE);

const insert = (id: number, label: string): Promise<unknown> =>
  capture.pool.query('INSERT INTO crm.thing (id, label) VALUES ($1, $2)', [id, label]);

describe('the capture', { timeout: 180_000 }, () => {
  test('is set up from nothing, reads what is there, and carries what comes', async () => {
    await capture.pool.query(`CREATE TABLE crm.thing (id integer PRIMARY KEY, label text DEFAULT 'standard')`);
    await insert(1, 'before');
    await capture.pool.query('INSERT INTO crm.thing (id, label) VALUES (2, NULL)');
    capture.startService();
    await settled(1);
    capture.topics.watch(TOPIC);
    await insert(3, 'streamed');
    await arrived('before', 1);
    await arrived('streamed', 1);
    const [first] = capture.topics.changes(TOPIC).filter((change) => change.after?.['id'] === 2);
    expect(first).toMatchObject({ op: 'r', after: { id: 2, label: null } });
    await eventually(async () => {
      expect((await capture.status()).captureMs).not.toBeNull();
      const { rows } = await capture.pool.query(`SELECT hop, problem FROM ops.hops WHERE as_of IS NOT NULL`);
      expect(rows).toEqual([{ hop: 'postgres_to_kafka', problem: null }]);
    }, PATIENCE);
  });

  test('keeps the password out of what Kafka Connect stores', async () => {
    const connector = (await capture.rest.connectors()).get('ebb-cdc-1');
    expect(connector?.config['database.password']).toBe('${env:EBB_CONNECT_SECRET_POSTGRES}');
  });

  test('goes on where it was after kill -9 of Connect, and after its connector was deleted', async () => {
    await capture.connect.signal('SIGKILL');
    await insert(10, 'while Connect was away');
    await eventually(async () => {
      expect((await capture.status()).problems.map(({ code }) => code)).toContain('connect_away');
    }, PATIENCE);
    await capture.connect.start();
    await arrived('while Connect was away', 1);
    await settled(1);
    await capture.rest.remove('ebb-cdc-1');
    await insert(11, 'while there was no connector');
    await arrived('while there was no connector', 1);
    await settled(1);
    // Rows may have been read twice; what must not happen is that everything is read as something new.
    expect((await capture.pool.query('SELECT FROM ops.cdc_epochs')).rowCount).toBe(1);
  });

  test('goes on after kill -9 of Postgres, without a new epoch', async () => {
    await capture.killPostgres();
    await capture.startPostgres();
    await eventually(() => insert(20, 'after the crash'), PATIENCE);
    await arrived('after the crash', 1);
    await settled(1);
    expect((await capture.pool.query('SELECT FROM ops.cdc_epochs')).rowCount).toBe(1);
  });

  test('refuses a table without a key, says so, and takes it once it has one', async () => {
    await capture.pool.query(`CREATE TABLE crm.keyless (label text); INSERT INTO crm.keyless VALUES ('early')`);
    await eventually(async () => {
      const { tables, problems } = await capture.status();
      expect(tables).toContainEqual({ name: 'crm.keyless', captured: false, lossyColumns: [] });
      expect(problems).toContainEqual(expect.objectContaining({ code: 'table_refused', subject: 'crm.keyless' }));
    }, PATIENCE);
    await insert(30, 'beside a refused table');
    await arrived('beside a refused table', 1);
    await capture.pool.query('ALTER TABLE crm.keyless ADD COLUMN id integer PRIMARY KEY DEFAULT 7');
    await eventually(async () => {
      const { rows } = await capture.pool.query(
        `SELECT outcome, rows FROM ops.cdc_resnapshots WHERE table_name = 'keyless' AND reason = 'key was changed'`,
      );
      expect(rows).toEqual([{ outcome: 'completed', rows: '1' }]);
      expect((await capture.status()).problems).toEqual([]);
    }, PATIENCE);
  });

  test('reads a table again when its rows were rewritten, and when somebody asks, with a condition', async () => {
    await capture.pool.query('ALTER TABLE crm.thing ADD COLUMN made uuid DEFAULT gen_random_uuid()');
    await capture.pool.query(
      `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, condition, reason) VALUES ('crm', 'thing', 'id = 1', 'test')`,
    );
    await eventually(async () => {
      const { rows } = await capture.pool.query(
        `SELECT reason, outcome, rows::integer AS rows FROM ops.cdc_resnapshots
         WHERE table_name = 'thing' AND reason !~ '^epoch' ORDER BY reason`,
      );
      expect(rows).toEqual([
        { reason: 'rows were rewritten', outcome: 'completed', rows: 7 },
        { reason: 'test', outcome: 'completed', rows: 1 },
      ]);
      const { rowCount } = await capture.pool.query('SELECT FROM ops.cdc_signals');
      expect(rowCount).toBe(0);
    }, PATIENCE);
    const again = capture.topics
      .changes(TOPIC)
      .filter((change) => change.op === 'r' && change.after?.['made'] !== undefined);
    expect(again.map((change) => Number(change.after?.['id'])).toSorted((a, b) => a - b)).toEqual([
      1, 1, 2, 3, 10, 11, 20, 30,
    ]);
  });

  test('reads a row with the columns it was written under, though the table is read again and altered meanwhile', async () => {
    const { pool, topics, connect } = capture;
    await pool.query('CREATE TABLE crm.shifting (id integer PRIMARY KEY, a text, b text, c text)');
    const topic = 'cdc.crm.shifting';
    await eventually(async () => (await topicOffsets(capture.kafka, topic)).length > 0, PATIENCE);
    topics.watch(topic);
    await pool.query(`INSERT INTO crm.shifting VALUES (1, 'a', 'b', 'c')`);
    await eventually(() => expect(topics.changes(topic)).not.toEqual([]), PATIENCE);
    await connect.signal('SIGSTOP');
    try {
      const { rows } = await pool.query<{ id: bigint }>(
        `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason) VALUES ('crm', 'shifting', 'test') RETURNING id`,
      );
      await signalResnapshot(pool, { id: must(rows[0], 'a request').id, table: 'crm.shifting', condition: null });
      await pool.query(`INSERT INTO crm.shifting VALUES (2, 'a', 'b', 'c')`);
      await pool.query('ALTER TABLE crm.shifting DROP COLUMN b, ADD COLUMN d text');
      await pool.query(`INSERT INTO crm.shifting VALUES (3, 'a', 'c', 'd')`);
    } finally {
      await connect.signal('SIGCONT');
    }
    await eventually(() => {
      const streamed = topics.changes(topic).filter(({ op }) => op === 'c');
      const byId = new Map(streamed.map(({ after }) => [after?.['id'], after]));
      expect(byId.get(2)).toEqual({ id: 2, a: 'a', b: 'b', c: 'c' });
      expect(byId.get(3)).toEqual({ id: 3, a: 'a', c: 'c', d: 'd' });
    }, PATIENCE);
  });

  test('moves its slot on while the tables rest', async () => {
    const before = (await capture.status()).slot?.confirmedLsn;
    await capture.pool.query('CREATE TABLE public.noise AS SELECT generate_series(1, 20000) AS n');
    await eventually(async () => {
      const { slot } = await capture.status();
      expect(slot?.confirmedLsn).not.toBe(before);
      expect(slot?.lagBytes).toBeLessThan(1_000_000);
    }, PATIENCE);
  });

  test('begins a new epoch when its slot was dropped behind its back', async () => {
    await capture.stopService();
    await capture.rest.setState('ebb-cdc-1', 'stop');
    await eventually(async () => {
      await capture.pool.query(`SELECT pg_drop_replication_slot('ebb_cdc_1')`);
    }, PATIENCE);
    await insert(40, 'nobody was listening');
    capture.startService();
    await settled(2);
    await arrived('nobody was listening', 2);
    const { rows } = await capture.pool.query(
      `SELECT epoch, reason, retired_at IS NULL AS current FROM ops.cdc_epochs ORDER BY epoch`,
    );
    expect(rows).toEqual([
      { epoch: 1, reason: 'first start', current: false },
      { epoch: 2, reason: 'replication slot ebb_cdc_1 is gone', current: true },
    ]);
    expect([...(await capture.rest.connectors()).keys()]).toEqual(['ebb-cdc-2']);
  });

  test('cannot fill the disk while it stands: the slot is lost at its limit, and a new epoch heals it', async () => {
    await capture.connect.stop();
    await capture.killPostgres();
    await capture.startPostgres({ max_slot_wal_keep_size: '16MB', max_wal_size: '32MB' });
    await eventually(async () => {
      expect((await capture.status()).problems.map(({ code }) => code)).toContain('slot_limit_small');
    }, PATIENCE);
    // 120 MB of log, of which the slot may keep 16.
    for (let round = 0; round < 12; round += 1) {
      await capture.pool.query(
        `CREATE TABLE public.bulk AS SELECT repeat('x', 1000) AS x FROM generate_series(1, 10000)`,
      );
      await capture.pool.query('DROP TABLE public.bulk');
      await capture.pool.query('CHECKPOINT');
    }
    const { rows } = await capture.pool.query<{ mb: number }>(
      'SELECT (sum(size) / 1048576)::integer AS mb FROM pg_ls_waldir()',
    );
    expect(rows[0]?.mb).toBeLessThan(100);
    await eventually(async () => {
      expect((await capture.status()).problems.map(({ code }) => code)).toContain('slot_at_risk');
    }, PATIENCE);
    await insert(50, 'after the loss');
    await capture.connect.start();
    await settled(3);
    await arrived('after the loss', 3);
    await eventually(async () => {
      expect((await capture.status()).epoch?.reason).toMatch(/lost its log/);
    }, PATIENCE);
  });
});
