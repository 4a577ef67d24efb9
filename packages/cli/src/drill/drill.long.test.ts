import { randomInt } from 'node:crypto';
import { hostEnvironment } from '@ebb/config';
import { expect, it } from 'vitest';
import { runDrill } from './drill.ts';
import { withDrillGround } from './drill-ground.ts';
import { formatOutcome, isKept } from './outcome.ts';
import { ALL_FAULTS } from './plan.ts';

/** Every kill, every cut link and every full disk once. */
const ROUNDS = Math.max(20, ALL_FAULTS);

it(`${ROUNDS} faults under load lose and double nothing, up to ClickHouse`, async () => {
  const env = hostEnvironment();
  const seed = env['EBB_TEST_SEED'] ?? env['EBB_SEED'] ?? String(randomInt(2 ** 31));
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(`drill, seed ${seed}`);
  const options = { rounds: ROUNDS, seed, ratePerSecond: 1_000, print };
  const outcome = await withDrillGround(true, (stack, ground) => runDrill(stack, ground, options));
  print(formatOutcome(outcome));
  expect(isKept(outcome), `seed ${seed}\n${formatOutcome(outcome)}`).toBe(true);
  expect(outcome.recoveries.length + outcome.notRun.length).toBe(ROUNDS);
});
