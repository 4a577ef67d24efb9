import { testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { listIdentityUnmerges, restoreIdentity, unmergeIdentity } from './identity-unmerges.ts';

test('an unmerge stands once and can be taken back', async () => {
  const { pool } = await testPostgres();
  const link = { source: 'shop', anonymousId: 'desk', userId: 'dana' };
  expect(await unmergeIdentity(pool, { ...link, reason: 'a colleague' })).toBe(true);
  expect(await unmergeIdentity(pool, { ...link, reason: 'again' })).toBe(false);
  expect(await listIdentityUnmerges(pool)).toEqual([{ ...link, reason: 'a colleague', madeAt: expect.any(Date) }]);
  expect(await restoreIdentity(pool, link)).toBe(true);
  expect(await restoreIdentity(pool, link)).toBe(false);
  expect(await listIdentityUnmerges(pool)).toEqual([]);
});
