import { expect, it } from 'vitest';
import { WorkerError, type WorkerErrorCode } from '../errors.ts';
import { unlessEmpty } from './unless-empty.ts';

const failing = (code: WorkerErrorCode) => (): Promise<never> =>
  Promise.reject(new WorkerError(code, 'source "retail" has no orders'));
const SKIP = { source: 'retail', if_empty: 'skip' };

it('gives the work its own params, and returns what it returns', async () => {
  const result = await unlessEmpty((params) => Promise.resolve({ params }), SKIP);
  expect(result).toEqual({ params: { source: 'retail' } });
});

it.each<WorkerErrorCode>(['NO_PUBLICATION', 'NO_MARTS'])('%s is a result for who asked for that', async (code) => {
  expect(await unlessEmpty(failing(code), SKIP)).toEqual({ state: 'skipped', reason: 'source "retail" has no orders' });
});

it.each<WorkerErrorCode>(['NO_PUBLICATION', 'NO_MARTS'])('%s fails otherwise', async (code) => {
  await expect(unlessEmpty(failing(code), { source: 'retail' })).rejects.toMatchObject({ code });
  await expect(unlessEmpty(failing(code), { ...SKIP, if_empty: 'fail' })).rejects.toMatchObject({ code });
});

it.each<WorkerErrorCode>(['NO_FEATURES', 'BAD_FEATURE', 'OTHER_DAY', 'DRIFTED'])(
  '%s fails whatever was asked for',
  async (code) => {
    await expect(unlessEmpty(failing(code), SKIP)).rejects.toMatchObject({ code });
  },
);

it('knows no other answer', async () => {
  await expect(unlessEmpty(() => Promise.resolve({}), { if_empty: 'ignore' })).rejects.toThrow(/if_empty/);
});
