import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * A file's suffix says what its tests need: nothing (`.test.ts`), Postgres (`.pg.test.ts`), Kafka and Postgres
 * (`.kafka.test.ts`), a ClickHouse of their own (`.ch.test.ts`), whole processes (`.e2e.test.ts`); `.long.test.ts` runs by `make test-long` alone. A server that
 * cannot be started fails the run with the reason; nothing is ever skipped.
 */
const SUFFIXES = ['pg', 'kafka', 'ch', 'e2e', 'long'];
const testing = (file: string): string => fileURLToPath(new URL(`packages/testing/src/${file}`, import.meta.url));
const excluded = ['**/node_modules/**', '**/dist/**', '.ebb/**'];

/** Vitest leaves one processor free; but these tests wait for their servers more than they compute. */
const SIDE_BY_SIDE = Math.max(2, availableParallelism() - 1);

/** A condition is waited for: on a machine with much else to do, Vitest's own second is soon over. */
const PATIENT = { poll: { timeout: 30_000 } };

/** Projects of one `order` run together, those of a higher one later; from 2 on a file at a time. */
const withServers = (name: string, globalSetup: string | null, timeoutMs: number, order: number) => ({
  test: {
    name,
    include: [`**/*.${name}.test.ts`],
    exclude: excluded,
    globalSetup: globalSetup === null ? [] : [testing(globalSetup)],
    setupFiles: [testing('setup-file.ts')],
    expect: PATIENT,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    sequence: { groupOrder: order },
    maxWorkers: order > 1 ? 1 : SIDE_BY_SIDE,
  },
});

type Project = ReturnType<typeof withServers>;
const PAGES = 'services/dashboard/**';
/** Browser tests of the dashboard: a page is a light load, so two files go side by side. */
const pages = ({ test }: Project) => ({ test: { ...test, name: 'pages', include: [`${PAGES}/*.e2e.test.ts`] } });
const stacks = ({ test }: Project) => ({ test: { ...test, exclude: [...test.exclude, PAGES] } });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...excluded, ...SUFFIXES.map((suffix) => `**/*.${suffix}.test.ts`)],
          testTimeout: 60_000,
          expect: PATIENT,
          maxWorkers: SIDE_BY_SIDE,
          // They change nothing outside of themselves; a process and its modules for each file took a quarter of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      withServers('pg', 'global-setup-pg.ts', 90_000, 0),
      withServers('kafka', 'global-setup-kafka.ts', 180_000, 0),
      // Each file starts its own, which takes half a second.
      withServers('ch', null, 180_000, 0),
      pages(withServers('e2e', 'global-setup-kafka.ts', 240_000, 1)),
      // Whole stacks: two at once would only wait for each other on a small machine.
      stacks(withServers('e2e', 'global-setup-kafka.ts', 240_000, 2)),
      withServers('long', 'global-setup-kafka.ts', 3_600_000, 3),
    ],
  },
});
