import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playProperty, settle } from './testing/capture-property.ts';
import { CaptureStack } from './testing/capture-stack.ts';

const TIMEOUT_MS = 3_600_000;
const RUNS = 8;
let stack: CaptureStack;

beforeAll(async () => {
  stack = await CaptureStack.start();
}, TIMEOUT_MS);

afterAll(() => stack.dispose(), TIMEOUT_MS);

test(
  'many runs of random transactions with every disturbance',
  async () => {
    const first = hostEnvironment()['EBB_TEST_SEED'] ?? String(randomInt(2 ** 31));
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    let statements = 0;
    for (let run = 0; run < RUNS; run += 1) {
      // The first seed is the one that was asked for, the others follow from it.
      const seed = run === 0 ? first : `${first}/${run}`;
      print(`EBB_TEST_SEED=${seed}`);
      const outcome = await playProperty(stack, { seed, segments: 8, roundsPerSegment: 150, connections: 4, print });
      await settle(stack, outcome, seed, 180_000);
      statements += outcome.statements;
    }
    expect(statements).toBeGreaterThan(50_000);
  },
  TIMEOUT_MS,
);
