import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { Crash, crashing } from './testing/crashing.ts';
import { someCustomers } from './testing/some-customers.ts';
import { SOURCE, workerEnvironment, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 600_000;
const params = { source: SOURCE };
const CUSTOMERS = 120;

beforeAll(async () => {
  ground = await workerGround();
  await ground.publishMarts(someCustomers(CUSTOMERS));
}, LONG_MS);

/** The old run or the new one, whole, in every table. */
async function expectOneRun(): Promise<void> {
  const [seen] = await ground.rows(
    `SELECT (SELECT uniqExact(run_id) FROM ml.customer_rfm_kmeans_clustered) AS runs,
       (SELECT count() FROM ml.customer_rfm_kmeans_clustered) AS clustered,
       (SELECT count() FROM ml.customer_segments_clustered) AS segmented,
       (SELECT sum(Customer_Count) FROM ml.cluster_summary) AS summed`,
  );
  const all = String(CUSTOMERS);
  expect(seen).toEqual({ runs: '1', clustered: all, segmented: all, summed: all });
}

test(
  'interrupted after every single step, the next worker comes to the same end at once',
  async () => {
    expect(await ground.job('rfm_segments', params, 'whole')).toMatchObject({ result: { state: 'published' } });
    const expected = await ground.visible();
    let steps = 0;
    for (let step = 1; ; step += 1) {
      const key = `interrupted after ${step}`;
      await ground.enqueue('rfm_segments', params, key);
      const plan = { left: step };
      const { pool, clickhouse, store } = ground.parts;
      const worker = ground.work({
        pool: crashing(pool, ['query', 'connect'], plan),
        clickhouse: crashing(clickhouse, ['insert', 'command'], plan),
        store: crashing(store, ['put'], plan),
      });
      const outcome = await Promise.race([
        worker.ended.catch((error: unknown) => error),
        ground.jobEnd(key).then(() => 'done'),
      ]);
      await expectOneRun();
      if (outcome === 'done') {
        await worker.stop().catch(() => {});
        steps = step;
        break;
      }
      expect(outcome).toBeInstanceOf(Crash);
      const next = ground.work();
      const end = await ground.jobEnd(key);
      await next.stop();
      expect(end, key).toMatchObject({ status: 'done', result: { state: 'published' } });
      await expectOneRun();
      expect(await ground.visible(), key).toEqual(expected);
    }
    expect(steps).toBeGreaterThan(20);
    const [left] = await ground.rows(`SELECT uniqExact(write_id) AS writes FROM ml.customer_rfm_kmeans_clustered_runs`);
    expect(Number(left?.['writes'])).toBeLessThanOrEqual(14);
  },
  LONG_MS,
);

function startWorker(): { kill: () => Promise<void> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: workerEnvironment(ground),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function stepIs(key: string, step: string): Promise<boolean> {
  const { rows } = await ground.pool.query(
    `SELECT 1 FROM ops.job_steps s JOIN ops.job_runs j ON j.id = s.job_id WHERE j.key = $1 AND s.step = $2`,
    [key, step],
  );
  return rows.length > 0;
}

test(
  'kill -9 of the process while it computes: the next one takes the job over without waiting for its lease',
  async () => {
    await ground.publishMarts(someCustomers(6_000, { seed: 2 }));
    await ground.enqueue('rfm_segments', params, 'killed');
    const first = startWorker();
    await eventually(() => stepIs('killed', 'fit'), { timeoutMs: 60_000 });
    await first.kill();
    await expectOneRun();
    const second = startWorker();
    const restartedAt = Date.now();
    await eventually(
      async () => {
        const { rows } = await ground.pool.query(`SELECT attempts FROM ops.job_runs WHERE key = 'killed'`);
        return rows[0]?.attempts === 2;
      },
      { timeoutMs: 60_000 },
    );
    // A lease is a minute long.
    expect(Date.now() - restartedAt).toBeLessThan(40_000);
    expect(await ground.jobEnd('killed')).toMatchObject({ status: 'done' });
    await second.kill();
  },
  LONG_MS,
);
