import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SeededRandom } from '@ebb/core';
import { eventually } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { Loader } from './load/loader.ts';
import { FolderSource } from './source/folder-source.ts';
import { dailyFile, dailyKey, loaderGround, type LoaderGround } from './testing/loader-ground.ts';

let ground: LoaderGround;
/** Two servers start first. */
const START_MS = 120_000;
/** Many short loads, a dozen of processes: seconds on an idle machine. */
const LONG_MS = 600_000;

beforeAll(async () => {
  ground = await loaderGround();
}, START_MS);

class Crash extends Error {}

/** The same object, whose methods throw after the n-th call of any of them: it had its effect, and nothing follows. */
function crashing<T extends object>(target: T, names: readonly string[], plan: { left: number }): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value = Reflect.get(object, name) as unknown;
      if (typeof value !== 'function') return value;
      const call = value.bind(object) as (...args: unknown[]) => Promise<unknown>;
      if (!names.includes(String(name))) return call;
      return async (...args: unknown[]): Promise<unknown> => {
        const result = await call(...args);
        plan.left -= 1;
        if (plan.left === 0) throw new Crash();
        return result;
      };
    },
  });
}

interface PerFile {
  name: string;
  first: string;
  rows: string;
}

const visibleFiles = () =>
  ground.rows<PerFile>(
    `SELECT source_file AS name, min(Invoice) AS first, count() AS rows FROM raw.retail_transactions_bronze_current
     GROUP BY 1 ORDER BY 1`,
  );

test(
  'interrupted after every single step, the next look makes it right',
  async () => {
    await ground.empty();
    const keys = [dailyKey('2025-03-01'), dailyKey('2025-03-02')] as const;
    const source = new FolderSource(ground.folder);
    const signal = AbortSignal.timeout(LONG_MS);
    let steps = 0;
    for (let step = 1; ; step += 1) {
      const first = step * 1_000;
      // The first file changes every time, the second has a line that is quarantined.
      await ground.put(keys[0], dailyFile(3, first), Date.now() - 500_000 + step);
      await ground.put(keys[1], `${dailyFile(2, first)}broken\n`, Date.now() - 500_000 + step);
      const plan = { left: step };
      const loader = new Loader(
        {
          pool: crashing(ground.pool, ['query'], plan),
          clickhouse: crashing(ground.clickhouse, ['insert', 'command'], plan),
          postgresUrl: ground.postgresUrl,
          copies: null,
        },
        { settleMs: 0, truncatedWaitMs: 0, spoolFolder: ground.folder, rules: { needsFinalNewline: true } },
      );
      const outcome = await loader.pass({ source, signal }).then(
        () => 'done',
        (error: unknown) => error,
      );
      // Whatever happened, each file shows one content as a whole: the one before or the new one.
      for (const file of await visibleFiles()) {
        expect(['0', file.name === keys[0] ? '3' : '2']).toContain(file.rows);
      }
      await ground.load();
      expect(await visibleFiles()).toEqual([
        { name: keys[0], first: String(first), rows: '3' },
        { name: keys[1], first: String(first), rows: '2' },
      ]);
      const { stored, visible } = await ground.counts();
      expect(stored).toBe(visible);
      expect(await ground.rows('SELECT line_no FROM raw.load_quarantine_current')).toEqual([{ line_no: 4 }]);
      const { rows } = await ground.pool.query(
        `SELECT count(*)::int AS open FROM ops.files WHERE status IN ('waiting', 'loading', 'failed')`,
      );
      expect(rows).toEqual([{ open: 0 }]);
      steps = step;
      if (outcome === 'done') break;
      expect(outcome).toBeInstanceOf(Crash);
    }
    expect(steps).toBeGreaterThan(12);
  },
  LONG_MS,
);

const DAYS = 40;
const LINES = 1_500;

function startLoader(): { kill: () => Promise<void>; ended: Promise<number | null> } {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, 'load', ground.folder], {
    env: {
      PATH: '',
      EBB_POSTGRES_URL: ground.postgresUrl,
      EBB_CLICKHOUSE_URL: ground.server.url,
      EBB_LOG_LEVEL: 'warn',
      EBB_LOADER_SETTLE_SECONDS: '0',
    },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test(
  'kill -9 of the loader, and of the warehouse, in the middle of forty files: run again, every row is there once',
  async () => {
    await ground.empty();
    const seed = Date.now() % 100_000;
    const random = new SeededRandom(seed);
    const names: string[] = [];
    for (let day = 1; day <= DAYS; day += 1) {
      const name = dailyKey(
        `2024-${String(1 + Math.floor(day / 28)).padStart(2, '0')}-${String(1 + (day % 28)).padStart(2, '0')}`,
      );
      names.push(name);
      await ground.put(name, dailyFile(LINES, 1_000_000 + day * LINES));
    }
    const loaded = async (): Promise<number> =>
      (await visibleFiles()).filter(({ name }) => name.startsWith('daily_sales/2024')).length;
    for (let round = 0; round < 3; round += 1) {
      const before = await loaded();
      const loader = startLoader();
      const target = Math.min(DAYS - 1, before + 1 + Math.floor(random.float() * 8));
      await eventually(async () => (await loaded()) >= target, { timeoutMs: 60_000, intervalMs: 5 });
      await loader.kill();
      if (round === 1) {
        await ground.server.kill();
        await ground.server.start();
      }
    }
    expect(await startLoader().ended, `seed ${seed}`).toBe(0);
    const files = (await visibleFiles()).filter(({ name }) => name.startsWith('daily_sales/2024'));
    expect(files, `seed ${seed}`).toEqual(
      names.toSorted().map((name) => ({ name, first: expect.any(String) as string, rows: String(LINES) })),
    );
    const [distinct] = await ground.rows<{ n: string }>(
      `SELECT uniqExact(Invoice) AS n FROM raw.retail_transactions_bronze_current WHERE source_file LIKE 'daily_sales/2024%'`,
    );
    expect(Number(distinct?.n)).toBe(DAYS * LINES);
    const { stored, visible } = await ground.counts();
    expect(stored).toBe(visible);
  },
  LONG_MS,
);
