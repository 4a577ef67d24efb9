import { randomBytes } from 'node:crypto';

/** `p<yyyymmddhhmmss>_<4 hex>`: sorts by time; the last part keeps builds of one second apart. */
export function newBuildId(now = new Date(), random = randomBytes(2)): string {
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `p${time}_${random.toString('hex')}`;
}
