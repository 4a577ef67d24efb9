import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { Crash, crashing } from './testing/crashing.ts';
import { publishProfiles, someProfiles } from './testing/some-profiles.ts';
import { someCustomers } from './testing/some-customers.ts';
import { SOURCE, workerEnvironment, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 600_000;
const CUSTOMERS = 120;

interface InterruptedKind {
  readonly kind: string;
  readonly source: string;
  readonly publish: (count: number, seed?: number) => Promise<unknown>;
  /** Cluster of every customer that readers see. */
  readonly seen: string;
  /** Runs that readers see, and customers by each of its tables. */
  readonly counts: string;
}

const RFM: InterruptedKind = {
  kind: 'rfm_segments',
  source: SOURCE,
  publish: (count, seed = 1) => ground.publishMarts(someCustomers(count, { seed })),
  seen: 'SELECT CustomerID AS customer, Cluster AS cluster FROM ml.customer_rfm_kmeans_clustered ORDER BY customer',
  counts: `SELECT (SELECT uniqExact(run_id) FROM ml.customer_rfm_kmeans_clustered) AS runs,
     (SELECT count() FROM ml.customer_rfm_kmeans_clustered) AS clustered,
     (SELECT count() FROM ml.customer_segments_clustered) AS segmented,
     (SELECT sum(Customer_Count) FROM ml.cluster_summary) AS summed`,
};
const BEHAVIOUR: InterruptedKind = {
  kind: 'behaviour_clusters',
  source: 'shop',
  publish: (count, seed = 1) => publishProfiles(ground, someProfiles(count, { seed })),
  seen: 'SELECT customer_id AS customer, cluster FROM ml.customer_clusters ORDER BY customer',
  counts: `SELECT (SELECT uniqExact(run_id) FROM ml.customer_clusters) AS runs,
     (SELECT count() FROM ml.customer_clusters) AS clustered,
     (SELECT countIf(kind = 'behaviour_clusters') FROM ml.customer_features) AS segmented,
     (SELECT sum(rows_in_cluster) FROM ml.customers_clusters_analysis) AS summed`,
};
const KINDS = [RFM, BEHAVIOUR];

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

/** The old run or the new one, whole, in every table. */
async function expectOneRun({ counts }: InterruptedKind): Promise<void> {
  const all = String(CUSTOMERS);
  expect(await ground.rows(counts)).toEqual([{ runs: '1', clustered: all, segmented: all, summed: all }]);
}

test.each(KINDS)(
  '$kind interrupted after every single step: the next worker comes to the same end at once',
  async (interrupted) => {
    const { kind, source, publish, seen } = interrupted;
    const params = { source };
    await publish(CUSTOMERS);
    expect(await ground.job(kind, params, `${kind} whole`)).toMatchObject({ result: { state: 'published' } });
    const expected = await ground.rows(seen);
    let steps = 0;
    for (let step = 1; ; step += 1) {
      const key = `${kind} interrupted after ${step}`;
      await ground.enqueue(kind, params, key);
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
      await expectOneRun(interrupted);
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
      await expectOneRun(interrupted);
      expect(await ground.rows(seen), key).toEqual(expected);
    }
    expect(steps).toBeGreaterThan(20);
    const [left] = await ground.rows(
      `SELECT uniqExact(write_id) AS writes FROM ml.customer_features_runs WHERE kind = '${kind}'`,
    );
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

test.each(KINDS)(
  'kill -9 of the process while it computes $kind: the next one takes the job over without waiting for its lease',
  async (interrupted) => {
    const { kind, source, publish } = interrupted;
    const key = `${kind} killed`;
    await publish(6_000, 2);
    await ground.enqueue(kind, { source }, key);
    const first = startWorker();
    await eventually(() => stepIs(key, 'fit'), { timeoutMs: 60_000 });
    await first.kill();
    await expectOneRun(interrupted);
    const second = startWorker();
    const restartedAt = Date.now();
    await eventually(
      async () => {
        const { rows } = await ground.pool.query(`SELECT attempts FROM ops.job_runs WHERE key = $1`, [key]);
        return rows[0]?.attempts === 2;
      },
      { timeoutMs: 60_000 },
    );
    // A lease is a minute long.
    expect(Date.now() - restartedAt).toBeLessThan(55_000);
    expect(await ground.jobEnd(key)).toMatchObject({ status: 'done' });
    await second.kill();
  },
  LONG_MS,
);
