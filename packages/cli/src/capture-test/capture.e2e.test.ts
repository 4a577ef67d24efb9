import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { eventually } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playProperty, settle } from './testing/capture-property.ts';
import { CaptureStack } from './testing/capture-stack.ts';
import { alertsOf, isNamed, playSchemaChanges, type SchemaOutcome } from './testing/play-schema-changes.ts';
import { captureDecimals, changeLargeRows } from './testing/extreme-values.ts';
import { changeTables, QUOTED, renamed, renameTables, UNNAMEABLE } from './testing/odd-names.ts';

/** From Postgres to ClickHouse through every part as it runs; one stack for all of it, because its start takes long. */

const TIMEOUT_MS = 900_000;
let stack: CaptureStack | null = null;

function running(): CaptureStack {
  if (stack === null) throw new Error('the stack does not run');
  return stack;
}

beforeAll(async () => {
  stack = await CaptureStack.start();
}, TIMEOUT_MS);

afterAll(async () => stack?.dispose(), TIMEOUT_MS);

describe('values', { timeout: TIMEOUT_MS }, () => {
  test('changing one column of a row with 10 kB values keeps the others', async () => {
    expect(await changeLargeRows(running())).toEqual([{ found: '20', shortest: '10240' }]);
  });

  test('decimals arrive to the last digit', async () => {
    expect(await captureDecimals(running())).toEqual([
      { amount: '99999999999999.9999', free: '99999999999999.9999' },
      { amount: '0.0001', free: '0.0001' },
      { amount: '-9999999999999999.9999', free: '1234567890123456789012345678901234567890.00001234567890' },
    ]);
  });
});

describe('odd names', { timeout: TIMEOUT_MS }, () => {
  test('tables and columns that must be quoted are captured, compared and read again as others are', async () => {
    await changeTables(running(), QUOTED);
    await running().untilEqual(QUOTED, 60_000);
    await running().ebb('cdc', 'resnapshot', 'crm.Order-Lines');
    await running().untilEqual(QUOTED, 60_000);
    expect(await running().ebb('ledger', 'run')).not.toMatch(/not compared|cannot be compared/);
  });

  test('a table whose name no topic can have is refused alone, and captured with its rows once it is renamed', async () => {
    await changeTables(running(), UNNAMEABLE);
    await changeTables(running(), [{ schema: 'crm', table: 'beside' }]);
    await running().untilEqual([{ schema: 'crm', table: 'beside' }], 60_000);
    await eventually(async () => {
      const { output } = await running().stack.run(['cdc', 'status']);
      for (const { table } of UNNAMEABLE) expect(output).toContain(`crm.${table} is not captured`);
    });
    await renameTables(running(), UNNAMEABLE);
    await running().untilEqual(
      UNNAMEABLE.map((_, index) => renamed(index)),
      60_000,
    );
  });
});

test(
  'rows of a partition that is attached arrive, and so does what then becomes of them',
  async () => {
    const { pool } = running();
    await pool.query(
      `CREATE TABLE crm.visits (id integer, at integer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
       CREATE TABLE crm.visits_1 PARTITION OF crm.visits FOR VALUES FROM (0) TO (10);
       CREATE TABLE public.visits_2 (LIKE crm.visits INCLUDING ALL);
       INSERT INTO crm.visits VALUES (1, 1);
       INSERT INTO public.visits_2 SELECT n, 15 FROM generate_series(1, 50) AS n;
       ALTER TABLE crm.visits ATTACH PARTITION public.visits_2 FOR VALUES FROM (10) TO (20)`,
    );
    await running().untilEqual([{ schema: 'crm', table: 'visits' }], 60_000);
    await pool.query('UPDATE crm.visits SET at = at + 1 WHERE id < 5; DELETE FROM crm.visits WHERE id > 40');
    await running().untilEqual([{ schema: 'crm', table: 'visits' }], 60_000);
    const sql = 'SELECT count() AS n, countIf(at = 16) AS moved FROM raw.crm_visits_current';
    expect(await running().clickhouse.query(sql)).toEqual([{ n: '41', moved: '4' }]);
  },
  TIMEOUT_MS,
);

describe('schema changes under writes', { timeout: TIMEOUT_MS }, () => {
  let pids: Map<string, number>;
  let outcome: SchemaOutcome;

  beforeAll(async () => {
    pids = await running().pids();
    // What the connector reads late was made under columns that are not there any more.
    outcome = await running().heldUp('connect', () => playSchemaChanges(running(), 'evolve', 'schema changes'));
  }, TIMEOUT_MS);

  test('no value is lost in any table whose changes can be applied', async () => {
    expect(outcome.changes.length).toBeGreaterThanOrEqual(12);
    await running().untilEqual(outcome.applied, 120_000);
  });

  test('each change that cannot be applied has its alert and stops its table alone', async () => {
    for (const table of outcome.stopped) {
      const isAlerted = async (): Promise<boolean> => (await alertsOf(running(), table)).length > 0;
      await eventually(isAlerted, { timeoutMs: 60_000, intervalMs: 500 });
    }
    for (const table of outcome.applied) expect(await alertsOf(running(), table)).toEqual([]);
  });

  test('the drift report names every change', async () => {
    const { output: report, code } = await running().stack.run(['cdc', 'drift']);
    // Tables stand still, which a script must notice.
    expect(code).toBe(1);
    const unnamed = outcome.changes.filter((change) => !isNamed(report, change));
    expect(
      unnamed.map(({ what }) => what),
      report,
    ).toEqual([]);
  });

  test('no process was restarted', async () => {
    expect(await running().pids()).toEqual(pids);
  });
});

test(
  'random transactions, kills, repeated messages and snapshots: ClickHouse comes to what Postgres is',
  async () => {
    const seed = hostEnvironment()['EBB_TEST_SEED'] ?? String(randomInt(2 ** 31));
    const lines = [`EBB_TEST_SEED=${seed}`];
    const print = (line: string): void => void lines.push(line);
    try {
      const outcome = await playProperty(running(), { seed, segments: 5, roundsPerSegment: 60, connections: 3, print });
      const repeated = await settle(running(), outcome, seed, 120_000);
      expect(outcome.statements).toBeGreaterThan(1_000);
      expect(repeated).toBeGreaterThan(100);
    } catch (error) {
      // The seed repeats the statements; what the machine did in between is in the lines.
      throw new Error(lines.join('\n'), { cause: error });
    }
  },
  TIMEOUT_MS,
);
