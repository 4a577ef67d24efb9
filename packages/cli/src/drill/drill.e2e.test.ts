import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { expect, it } from 'vitest';
import { runDrill } from './drill.ts';
import { withDrillGround } from './drill-ground.ts';
import { formatOutcome, isKept } from './outcome.ts';

const TIMEOUT_MS = 900_000;

it('three faults under load lose and double nothing, up to ClickHouse', { timeout: TIMEOUT_MS }, async () => {
  const env = hostEnvironment();
  const seed = env['EBB_TEST_SEED'] ?? env['EBB_SEED'] ?? String(randomInt(2 ** 31));
  const lines = [`seed ${seed}`];
  const options = { rounds: 3, seed, ratePerSecond: 500, print: (line: string) => void lines.push(line) };
  const outcome = await withDrillGround(false, (stack, ground) => runDrill(stack, ground, options));
  // The seed and the faults stand in the message: a failure must be repeatable.
  expect(isKept(outcome), [...lines, formatOutcome(outcome)].join('\n')).toBe(true);
  expect(outcome.verdict.promised).toBeGreaterThan(1_000);
  expect(outcome.recoveries).toHaveLength(3);
});
