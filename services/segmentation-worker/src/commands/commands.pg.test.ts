import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { someCustomers } from '../testing/some-customers.ts';
import { SOURCE, workerEnvironment, workerGround, type WorkerGround } from '../testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 120_000;
const MAIN = join(import.meta.dirname, '../main.ts');

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

/** As `ebb models …` starts it: with the worker's own login. */
function models(...args: string[]): Promise<{ code: number; out: string; log: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], { env: workerEnvironment(ground) }, (_, out, log) =>
      resolve({ code: child.exitCode ?? -1, out, log }),
    );
  });
}

test(
  'without a run: nothing to list, and the monitor ends with a status',
  async () => {
    expect(await models('list')).toMatchObject({ code: 0, out: expect.stringMatching(/no model has been trained/) });
    expect(await models('monitor')).toMatchObject({ code: 1, out: expect.stringMatching(/nothing to show/) });
    expect(await models('rollback')).toMatchObject({ code: 1, log: expect.stringMatching(/no other champion/) });
  },
  LONG_MS,
);

test(
  'after two runs: both are listed, one is shown, the monitor has figures, and the one before can be published again',
  async () => {
    await ground.publishMarts(someCustomers(200));
    for (const key of ['one', 'two']) await ground.job('rfm_segments', { source: SOURCE }, key);
    const list = await models('list', '--json');
    const [two, one] = JSON.parse(list.out) as { id: string; role: string }[];
    expect([two?.role, one?.role]).toEqual(['champion', 'retired']);
    const shown = await models('show', two?.id.slice(0, 8) ?? '');
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/silhouette/) });
    expect(await models('monitor')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/6\/6 steps {2}k 4, silhouette 0\.\d+/),
    });
    expect(await models('rollback')).toMatchObject({
      code: 0,
      out: expect.stringMatching(`model ${one?.id} .* is champion again`),
    });
    expect(await ground.rows('SELECT DISTINCT toString(run_id) AS id FROM ml.cluster_summary')).toEqual([
      { id: one?.id },
    ]);
    expect(await models('promote', two?.id ?? '')).toMatchObject({ code: 0 });
    expect(await ground.rows('SELECT DISTINCT toString(run_id) AS id FROM ml.cluster_summary')).toEqual([
      { id: two?.id },
    ]);
    expect(await models('show', 'zz')).toMatchObject({ code: 1, log: expect.stringMatching(/no model has an id/) });
  },
  LONG_MS,
);
