import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playProperty, settle } from './testing/capture-property.ts';
import { CaptureStack } from './testing/capture-stack.ts';

const TIMEOUT_MS = 300_000;
let stack: CaptureStack;

beforeAll(async () => {
  stack = await CaptureStack.start();
}, TIMEOUT_MS);

afterAll(() => stack.dispose(), TIMEOUT_MS);

test(
  'random transactions, kills, repeated messages and snapshots: ClickHouse comes to what Postgres is',
  async () => {
    const seed = hostEnvironment()['EBB_TEST_SEED'] ?? String(randomInt(2 ** 31));
    const lines = [`EBB_TEST_SEED=${seed}`];
    const print = (line: string): void => void lines.push(line);
    try {
      const outcome = await playProperty(stack, { seed, segments: 5, roundsPerSegment: 60, connections: 3, print });
      const repeated = await settle(stack, outcome, seed, 90_000);
      expect(outcome.statements).toBeGreaterThan(1_000);
      expect(repeated).toBeGreaterThan(100);
    } catch (error) {
      // The seed repeats the statements; what the machine did in between is in the lines.
      throw new Error(lines.join('\n'), { cause: error });
    }
  },
  TIMEOUT_MS,
);
