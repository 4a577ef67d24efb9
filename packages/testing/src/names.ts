import { randomBytes } from 'node:crypto';

/** A name nobody else uses, valid for databases, topics, consumer groups and files. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}
