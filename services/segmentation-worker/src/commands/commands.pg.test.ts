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
    expect(await models('list')).toMatchObject({ code: 0, out: expect.stringMatching(/ebb models run rfm_segments/) });
    expect(await models('monitor')).toMatchObject({ code: 1, out: expect.stringMatching(/nothing to show/) });
    expect(await models('rollback')).toMatchObject({
      code: 1,
      log: expect.stringMatching(/no model of it is champion/),
    });
    expect(await models('monitor', '--runs', 'x')).toMatchObject({
      code: 1,
      log: expect.stringMatching(/whole number/),
    });
    expect(await models('run', 'magic')).toMatchObject({
      code: 1,
      log: expect.stringMatching(/one of rfm_segments, /),
    });
    expect(await models('run', 'clv', '--params', '[7]')).toMatchObject({
      code: 1,
      log: expect.stringMatching(/a JSON object/),
    });
  },
  LONG_MS,
);

test(
  'a job is asked for and waited for: its steps, what it came to, and why it failed',
  async () => {
    const worker = ground.work();
    const failed = await models('run', 'rfm_segments');
    expect(failed).toMatchObject({ code: 1, log: expect.stringMatching(/failed: no build of the marts/) });
    await ground.publishMarts(someCustomers(200));
    const wrong = await models('run', 'rfm_segments', '--params', '{"seed": "x", "colour": "red"}');
    expect(wrong).toMatchObject({ code: 1, log: expect.stringMatching(/params of rfm_segments: seed: .*colour/) });
    const done = await models('run', 'rfm_segments', '--unless-published');
    expect(done).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ fit {2,}k = 4 [^]* publish [^]*\npublished: model /),
    });
    const again = await models('run', 'rfm_segments', '--unless-published');
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/published already: model /) });
    await worker.stop();
    expect(await models('rollback')).toMatchObject({ code: 1, log: expect.stringMatching(/its first champion/) });
  },
  LONG_MS,
);

/** Of the rows that readers see. */
async function shownRun(): Promise<unknown> {
  const [found] = await ground.rows('SELECT DISTINCT toString(run_id) AS id FROM ml.cluster_summary');
  return found?.['id'];
}

test(
  'after two runs: both are listed, one is shown, the monitor has figures, and either can be published',
  async () => {
    await ground.job('rfm_segments', { source: SOURCE }, 'two');
    const list = await models('list', '--json');
    const [two, one] = JSON.parse(list.out) as { id: string; role: string }[];
    expect([two?.role, one?.role]).toEqual(['champion', 'retired']);
    const shown = await models('show', two?.id.slice(0, 8).toUpperCase() ?? '');
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/silhouette/) });
    expect(await models('monitor')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/6\/6 steps {2}k 4, .*silhouette 0\.\d+/),
    });
    expect(await models('promote', one?.id ?? '')).toMatchObject({ code: 0 });
    expect(await shownRun()).toBe(one?.id);
    expect(await models('promote', two?.id ?? '')).toMatchObject({ code: 0 });
    expect(await shownRun()).toBe(two?.id);
    expect(await models('show', 'zz')).toMatchObject({ code: 1, log: expect.stringMatching(/no model has an id/) });
  },
  LONG_MS,
);

test(
  'going back goes one step further each time, ends at the first, and knows no way back to what was gone back from',
  async () => {
    await ground.job('rfm_segments', { source: SOURCE }, 'three');
    const listed = async (): Promise<{ id: string; role: string }[]> =>
      JSON.parse((await models('list', '--json')).out) as { id: string; role: string }[];
    const [three, two, one] = (await listed()).map(({ id }) => id);
    for (const before of [two, one]) {
      expect(await models('rollback')).toMatchObject({
        code: 0,
        out: expect.stringMatching(`model ${before} .* is champion again`),
      });
      expect(await shownRun()).toBe(before);
    }
    expect(await models('rollback')).toMatchObject({ code: 1, log: expect.stringMatching(/its first champion/) });
    expect((await listed()).map(({ role }) => role)).toEqual(['challenger', 'challenger', 'champion']);
    // A person may change their mind; from there the way back is to what readers saw before.
    expect(await models('promote', three ?? '')).toMatchObject({ code: 0 });
    expect(await models('rollback')).toMatchObject({ code: 0 });
    expect(await shownRun()).toBe(one);
  },
  LONG_MS,
);
