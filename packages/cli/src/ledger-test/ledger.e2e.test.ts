import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withPrivateStack } from '../private-stack.ts';
import { findFaults } from './find-faults.ts';

it(
  'faults at every hop are found, named, repaired and verified, and none is invented',
  { timeout: 600_000 },
  async () => {
    const seed = String(randomInt(2 ** 31));
    const outcome = await withPrivateStack('ledger', async (stack) => {
      await stack.commands.capture(['simulate', 'shop', '--rate', '300', '--backfill', '1h', '--duration', '10s']);
      return findFaults(stack, { perHop: 5, seed });
    });
    // The seed stands in the message: a failure must be repeatable.
    const { faults, ...rest } = outcome;
    expect({ seed, ...rest }).toEqual({ seed, wrong: [], invented: [], left: [], isConsistent: true });
    expect(faults).toHaveLength(20);
  },
);
