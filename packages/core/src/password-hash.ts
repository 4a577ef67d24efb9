import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { EbbError } from './errors.ts';

export type PasswordHashErrorCode = 'PASSWORD_HASH_INVALID';

/** Cost of scrypt (RFC 7914): 16 MB and some 50 ms for each guess. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const FORM = /^scrypt\.16384\.8\.1\.([\w-]{22})\.([\w-]{43})$/;

/** What may be stored in place of a password: `scrypt.N.r.p.salt.key`, in characters that need no escaping. */
export async function hashPassword(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  const key = await derive(password, salt);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('.');
}

/** Made by `hashPassword` of this version. */
export function isPasswordHash(text: string): boolean {
  return FORM.test(text);
}

/** How long it takes tells nothing about how much of the password is right. Raises PASSWORD_HASH_INVALID. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, salt, key] = FORM.exec(hash) ?? [];
  if (salt === undefined || key === undefined) {
    throw new EbbError<PasswordHashErrorCode>(
      'PASSWORD_HASH_INVALID',
      `the stored hash of ${hash.length} characters is not of the form scrypt.${COST.N}.${COST.r}.${COST.p}.salt.key; make a new one`,
    );
  }
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url')), Buffer.from(key, 'base64url'));
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One form of each letter: keyboards write an accent as one character or as two.
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
