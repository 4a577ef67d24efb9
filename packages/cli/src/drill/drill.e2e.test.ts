import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { expect, it } from 'vitest';
import { withPrivateStack } from '../private-stack.ts';
import { runDrill } from './drill.ts';
import { formatVerdict } from './verdict.ts';

const TIMEOUT_MS = 400_000;

it('three kills under load lose and double nothing', { timeout: TIMEOUT_MS }, async () => {
  const seed = hostEnvironment()['EBB_SEED'] ?? String(randomInt(2 ** 31));
  const lines = [`seed ${seed}`];
  const options = { rounds: 3, seed, ratePerSecond: 500, print: (line: string) => void lines.push(line) };
  const outcome = await withPrivateStack('drill', (stack) => runDrill(stack, options));
  // The seed and the kills stand in the message: a failure must be repeatable.
  expect(outcome.verdict.isKept, [...lines, formatVerdict(outcome.verdict)].join('\n')).toBe(true);
  expect(outcome.verdict.promised).toBeGreaterThan(1_000);
});
