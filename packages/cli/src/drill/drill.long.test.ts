import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { expect, it } from 'vitest';
import { withPrivateStack } from '../private-stack.ts';
import { runDrill } from './drill.ts';
import { formatVerdict } from './verdict.ts';

const ROUNDS = 20;

it(`${ROUNDS} kills under load lose and double nothing`, async () => {
  const seed = hostEnvironment()['EBB_SEED'] ?? String(randomInt(2 ** 31));
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(`drill, seed ${seed}`);
  const options = { rounds: ROUNDS, seed, ratePerSecond: 1_000, print };
  const outcome = await withPrivateStack('drill', (stack) => runDrill(stack, options));
  print(formatVerdict(outcome.verdict));
  expect(outcome.verdict.isKept, `seed ${seed}`).toBe(true);
  expect(outcome.recoveries).toHaveLength(ROUNDS);
});
