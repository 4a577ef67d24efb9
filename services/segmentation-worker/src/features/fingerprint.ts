import { createHash } from 'node:crypto';
import type { RfmTable } from '@ebb/segments';

/** SHA-256, in hex, over names and exact values: equal data has the same, whatever order the table's rows came in. */
export function rfmFingerprint({ customers, recencyDays, frequency, monetary }: RfmTable): string {
  return columnsFingerprint(customers, [recencyDays, frequency, monetary]);
}

/** SHA-256, in hex, over names and columns in their order. */
export function columnsFingerprint(
  names: readonly string[],
  columns: readonly (Float64Array | BigInt64Array)[],
): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(names));
  for (const { buffer, byteOffset, byteLength } of columns) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
