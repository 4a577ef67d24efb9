import { EbbError } from '@ebb/core';
import { eventually, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobEvent, type JobHandler, type JobIdentity, reclaimJobs, workJobs } from './jobs.ts';

let database: TestPostgres;
let stop: AbortController;
let workers: Promise<void>[];

beforeEach(async () => {
  database = await testPostgres();
  stop = new AbortController();
  workers = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(workers);
});

function start(workerId: string, handler: JobHandler, leaseMs = 60_000, retryMs = 50): JobEvent[] {
  const events: JobEvent[] = [];
  const options = {
    workerId,
    handlers: { 'files.load': handler },
    pollMs: 10,
    leaseMs,
    retryMs,
    onJob: (e: JobEvent) => events.push(e),
  };
  workers.push(workJobs(database.pool, options, stop.signal));
  return events;
}

async function enqueue(key: string, params: Record<string, unknown> = {}, kind = 'files.load'): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT ops.enqueue_job($1, $2, $3) AS id', [
    kind,
    JSON.stringify(params),
    key,
  ]);
  return rows[0]?.id ?? '';
}

interface Run {
  status: string;
  result: unknown;
  error: string | null;
  attempts: number;
  worker: string | null;
}

async function run(id: string): Promise<Run | undefined> {
  const { rows } = await database.pool.query<Run>(
    'SELECT status, result, error, attempts, worker FROM ops.job_runs WHERE id = $1',
    [id],
  );
  return rows[0];
}

async function ended(id: string): Promise<Run | undefined> {
  await eventually(async () => expect((await run(id))?.status).toMatch(/done|failed/));
  return run(id);
}

describe('work that is asked for', () => {
  it('is done with its parameters, and its result can be read', async () => {
    start('one', async ({ prefix }) => ({ files: 3, prefix }));
    const id = await enqueue('a', { prefix: 'daily_sales/' });
    expect(await ended(id)).toMatchObject({
      status: 'done',
      result: { files: 3, prefix: 'daily_sales/' },
      error: null,
    });
  });

  it('is known by its id, its key and its attempt', async () => {
    const seen: JobIdentity[] = [];
    start('one', (_params, _signal, job) => {
      seen.push(job);
      return Promise.resolve({});
    });
    const id = await enqueue('dag/run/task');
    await ended(id);
    expect(seen).toEqual([{ id, key: 'dag/run/task', attempt: 1 }]);
  });

  it('fails with the words of its error', async () => {
    start('one', () => Promise.reject(new EbbError('HEADER', 'file x.csv has no column Price')));
    expect(await ended(await enqueue('a'))).toMatchObject({
      status: 'failed',
      error: 'file x.csv has no column Price',
    });
  });

  it('is one job however often it is asked for under the same key', async () => {
    let runs = 0;
    const id = await enqueue('dag/run/task', { until: '2026-01-01' });
    expect(await enqueue('dag/run/task', { until: '2026-01-01' })).toBe(id);
    start('one', () => Promise.resolve({ runs: (runs += 1) }));
    await ended(id);
    expect(await enqueue('dag/run/task', { until: '2026-01-01' })).toBe(id);
    expect(await run(id)).toMatchObject({ result: { runs: 1 } });
  });

  it('refuses a key that means other work', async () => {
    await enqueue('a', { until: '2026-01-01' });
    await expect(enqueue('a', { until: '2026-01-02' })).rejects.toThrow(/job "a" exists as files.load/);
    await expect(enqueue('a', { until: '2026-01-01' }, 'files.upload')).rejects.toThrow(/job "a" exists/);
  });

  it('is left alone by a worker that does other kinds', async () => {
    const other = await enqueue('other', {}, 'segments.run');
    start('one', () => Promise.resolve({}));
    await ended(await enqueue('own'));
    expect(await run(other)).toMatchObject({ status: 'queued' });
  });

  it('is done once by many workers', async () => {
    const done: unknown[] = [];
    const ids = await Promise.all(Array.from({ length: 30 }, (_, n) => enqueue(`job ${n}`, { n })));
    for (const name of ['one', 'two', 'three']) {
      start(name, ({ n }) => {
        done.push(n);
        return Promise.resolve({});
      });
    }
    await Promise.all(ids.map(ended));
    expect(done.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });
});

async function leaseEnd(id: string): Promise<number> {
  const { rows } = await database.pool.query<{ at: Date }>('SELECT lease_until AS at FROM ops.job_runs WHERE id = $1', [
    id,
  ]);
  return rows[0]?.at.getTime() ?? 0;
}

describe('a worker that ends', () => {
  /** What a worker that was killed leaves: a running job nobody renews. */
  async function killed(id: string, attempts: number): Promise<void> {
    await database.pool.query(
      `UPDATE ops.job_runs SET status = 'running', worker = 'dead', attempts = $2, lease_until = now() - interval '1 s' WHERE id = $1`,
      [id, attempts],
    );
  }

  it('by a kill, leaves the job to the next one', async () => {
    const id = await enqueue('a');
    await killed(id, 1);
    start('next', () => Promise.resolve({ rows: 1 }));
    expect(await ended(id)).toMatchObject({ status: 'done', worker: 'next', attempts: 2 });
  });

  it('keeps its job while it lives, however long that takes', async () => {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const id = await enqueue('a');
    start('slow', () => gate.then(() => ({})), 6_000);
    await eventually(async () => expect((await run(id))?.status).toBe('running'));
    const first = await leaseEnd(id);
    await eventually(async () => expect(await leaseEnd(id)).toBeGreaterThan(first));
    const other = start('other', () => Promise.resolve({}), 6_000);
    await enqueue('b');
    await eventually(() => expect(other).toContainEqual(expect.objectContaining({ outcome: 'done' })));
    release();
    expect(await ended(id)).toMatchObject({ status: 'done', worker: 'slow', attempts: 1 });
  });

  it('whenever it has this job, does not get it for ever', async () => {
    const id = await enqueue('a');
    await killed(id, 3);
    start('next', () => Promise.resolve({}));
    expect(await ended(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/ended 3 times/) });
  });

  it('because it is told to, puts the job back', async () => {
    const id = await enqueue('a');
    const events = start(
      'one',
      (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    );
    await eventually(() => expect(events).toContainEqual(expect.objectContaining({ outcome: 'started' })));
    stop.abort();
    await Promise.all(workers);
    expect(await run(id)).toMatchObject({ status: 'queued', attempts: 0, worker: null });
  });

  it('and comes back after its job was given away, does not overwrite the result', async () => {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const id = await enqueue('a');
    const events = start('slow', () => gate.then(() => ({ who: 'slow' })));
    await eventually(async () => expect((await run(id))?.status).toBe('running'));
    await database.pool.query(`UPDATE ops.job_runs SET worker = 'other', attempts = 2 WHERE id = $1`, [id]);
    release();
    await eventually(() => expect(events).toContainEqual(expect.objectContaining({ outcome: 'lost' })));
    expect(await run(id)).toMatchObject({ status: 'running', worker: 'other', result: null });
  });
});

describe('a job that a server is away for', () => {
  const away = new EbbError('UNAVAILABLE', 'connection refused', { retryable: true });

  it('is tried again after a pause, and others go on meanwhile', async () => {
    const done: unknown[] = [];
    const events = start(
      'one',
      async ({ name }, _, { attempt }) => {
        if (name === 'first' && attempt < 3) throw away;
        done.push(name);
        return {};
      },
      60_000,
      200,
    );
    const [first, second] = [await enqueue('a', { name: 'first' }), await enqueue('b', { name: 'second' })];
    expect(await ended(first)).toMatchObject({ status: 'done', attempts: 3, error: null });
    expect(await ended(second)).toMatchObject({ status: 'done', attempts: 1 });
    expect(done).toEqual(['second', 'first']);
    const putOff = events.filter(({ outcome }) => outcome === 'put_off');
    expect(putOff.map(({ id, detail }) => `${id} ${detail}`)).toEqual(Array(2).fill(`${first} connection refused`));
  });

  it('fails with the reason when it stays away', async () => {
    start('one', () => Promise.reject(away));
    const id = await enqueue('a');
    expect(await ended(id)).toMatchObject({ status: 'failed', attempts: 3, error: 'connection refused' });
  });
});

describe('a job that is cancelled', () => {
  const cancel = async (key: string): Promise<unknown> =>
    (await database.pool.query('SELECT ops.cancel_job($1) AS status', [key])).rows[0];
  const untilAborted: JobHandler = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));

  it('before it began, never begins', async () => {
    const id = await enqueue('a');
    expect(await cancel('a')).toEqual({ status: 'failed' });
    const events = start('one', () => Promise.resolve({}));
    await ended(await enqueue('b'));
    expect(await run(id)).toMatchObject({ status: 'failed', error: 'cancelled before it began', attempts: 0 });
    expect(events.filter((event) => event.id === id)).toEqual([]);
  });

  it('while it runs, is told so and fails', async () => {
    const id = await enqueue('a');
    start('one', untilAborted, 300);
    await eventually(async () => expect((await run(id))?.status).toBe('running'));
    expect(await cancel('a')).toEqual({ status: 'running' });
    expect(await ended(id)).toMatchObject({ status: 'failed', error: 'cancelled while it ran' });
  });

  it('while a worker has it that then dies, is not begun again', async () => {
    const id = await enqueue('a');
    await database.pool.query(
      `UPDATE ops.job_runs SET status = 'running', worker = 'dead', attempts = 1, lease_until = now() + interval '1 h'`,
    );
    await cancel('a');
    await reclaimJobs(database.pool, ['files.load']);
    let runs = 0;
    start('next', () => Promise.resolve({ runs: (runs += 1) }));
    expect(await ended(id)).toMatchObject({ status: 'failed', error: 'cancelled while it ran' });
    expect(runs).toBe(0);
  });

  it('after it ended, or that nobody knows, changes nothing', async () => {
    start('one', () => Promise.resolve({ n: 1 }));
    const id = await enqueue('a');
    await ended(id);
    expect(await cancel('a')).toEqual({ status: 'done' });
    expect(await run(id)).toMatchObject({ status: 'done', result: { n: 1 } });
    expect(await cancel('nobody')).toEqual({ status: null });
  });
});

describe('jobs that are reclaimed', () => {
  it('go back into the queue whatever their lease says, those of other kinds do not', async () => {
    const [own, other] = [await enqueue('own'), await enqueue('other', {}, 'segments.run')];
    await database.pool.query(
      `UPDATE ops.job_runs SET status = 'running', worker = 'dead', attempts = 1, lease_until = now() + interval '1 h'`,
    );
    expect(await reclaimJobs(database.pool, ['files.load'])).toBe(1);
    start('next', () => Promise.resolve({}));
    expect(await ended(own)).toMatchObject({ status: 'done', worker: 'next', attempts: 2 });
    expect(await run(other)).toMatchObject({ status: 'running', worker: 'dead' });
  });
});

describe('who may ask', () => {
  it('is Airflow, through the function alone', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('SET ROLE ebb_airflow');
      const { rows } = await client.query(`SELECT ops.enqueue_job('files.load', '{}', 'mine') AS id`);
      expect(rows).toHaveLength(1);
      await expect(client.query(`UPDATE ops.job_runs SET status = 'queued'`)).rejects.toThrow(/permission denied/);
      await client.query('SET ROLE ebb_collector');
      await expect(client.query(`SELECT ops.enqueue_job('files.load', '{}', 'x')`)).rejects.toThrow(
        /permission denied/,
      );
    } finally {
      client.release(true);
    }
  });
});
