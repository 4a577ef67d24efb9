import { expect, test } from 'vitest';
import { hashPassword, isPasswordHash, verifyPassword } from './password-hash.ts';

test('only the same password is verified, however its accents are written', async () => {
  const hash = await hashPassword('caf\u00e9 au lait');
  expect(isPasswordHash(hash)).toBe(true);
  expect(hash).not.toContain('lait');
  expect(await verifyPassword('cafe\u0301 au lait', hash)).toBe(true);
  expect(await verifyPassword('cafe au lait', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
});

test('the same password is stored differently each time', async () => {
  expect(await hashPassword('one')).not.toBe(await hashPassword('one'));
});

test('the key is that of RFC 7914', async () => {
  // Section 12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1), its first 32 bytes.
  const hash = await hashPassword('pleaseletmein', Buffer.from('SodiumChloride'));
  const key = Buffer.from(hash.split('.').at(-1) ?? '', 'base64url').toString('hex');
  expect(key).toBe('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2');
});

test.each(['', 'hunter2', 'scrypt.1.8.1.AAAAAAAAAAAAAAAAAAAAAA.AAAA', 'scrypt.16384.8.1..'])(
  '%j is no stored hash, and is not told',
  async (text) => {
    expect(isPasswordHash(text)).toBe(false);
    await expect(verifyPassword('x', text)).rejects.toThrow(/PASSWORD_HASH_INVALID|not of the form/);
  },
);
