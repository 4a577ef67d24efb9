import { DBT_PROJECT } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import { formatProof, isProved } from './proof.ts';
import { proveIncremental } from './prove-incremental.ts';

test.for([
  { seed: 'a', timezone: 'UTC' },
  { seed: 'b', timezone: 'Europe/Berlin' },
  { seed: 'c', timezone: 'America/New_York' },
])('seed $seed in $timezone: builds equal full refreshes, also after being killed', async ({ seed, timezone }) => {
  const proof = await proveIncremental({
    project: DBT_PROJECT,
    seed,
    steps: 26,
    kills: 12,
    threads: 4,
    isWhole: true,
    timezone,
    onProgress: () => {},
  });
  expect(isProved(proof), formatProof(proof)).toBe(true);
  expect(proof.steps.filter(({ killed }) => killed !== null).length).toBeGreaterThanOrEqual(8);
});
