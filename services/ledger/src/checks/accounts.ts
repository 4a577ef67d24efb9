import type { Totals } from '../compare/row-set.ts';
import type { NewFinding } from '../store/findings-store.ts';
import { z } from 'zod';

/** Where what the accounts show was lost. */
export const HOP = 'kafka -> aggregator -> postgres';

export interface AccountsOutcome {
  readonly findings: readonly NewFinding[];
  readonly seconds: number;
  readonly rows: number;
}

export const accountRow = z.object({
  topic: z.string(),
  partition: z.number(),
  minute: z.date(),
  from_offset: z.coerce.number(),
  to_offset: z.coerce.number(),
  messages: z.coerce.number(),
  new: z.coerce.number(),
  duplicate: z.coerce.number(),
  dead: z.coerce.number(),
  checksum: z.coerce.bigint(),
  jumps: z.coerce.number(),
});
export type Account = z.output<typeof accountRow>;

export function nameOf({ partition, from_offset: from }: Pick<Account, 'partition' | 'from_offset'>): string {
  return `${partition}:${from}`;
}

export function totalsOf({ new: rows, checksum }: Account): Totals {
  return { rows, checksum };
}
