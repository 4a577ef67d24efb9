import { DBT_PROJECT } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import { formatProof, isProved } from './proof.ts';
import { proveIncremental } from './prove-incremental.ts';

test(
  'incremental models equal a full refresh while rows come, change, move and go, and every mutant is caught',
  { timeout: 1_800_000 },
  async () => {
    const proof = await proveIncremental({
      project: DBT_PROJECT,
      seed: '1',
      steps: 6,
      kills: 1,
      threads: 4,
      isWhole: false,
      timezone: 'UTC',
      onProgress: () => {},
    });
    expect(isProved(proof), formatProof(proof)).toBe(true);
    expect(proof.steps.filter(({ killed }) => killed !== null)).toHaveLength(1);
    expect(proof.steps.at(-1)?.name).toBe('nothing at all');
  },
);
