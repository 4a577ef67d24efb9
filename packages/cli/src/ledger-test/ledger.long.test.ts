import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withPrivateStack } from '../private-stack.ts';
import { findFaults } from './find-faults.ts';

it('forty faults while events stream in are found, named, repaired and verified', { timeout: 1_800_000 }, async () => {
  const seed = String(randomInt(2 ** 31));
  const outcome = await withPrivateStack('ledger', async (stack) => {
    await stack.commands.capture(['simulate', 'shop', '--rate', '300', '--backfill', '1h', '--duration', '20s']);
    const until = new Date();
    const traffic = stack.commands.start(['simulate', 'shop', '--rate', '100', '--seed', '43']);
    try {
      return await findFaults(stack, { perHop: 10, seed, until });
    } finally {
      traffic.kill('SIGTERM');
    }
  });
  const { faults, ...rest } = outcome;
  expect({ seed, ...rest }).toEqual({ seed, wrong: [], invented: [], left: [], isConsistent: true });
  expect(faults).toHaveLength(40);
});
