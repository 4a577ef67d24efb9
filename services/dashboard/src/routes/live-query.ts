import { SOURCE_PATTERN } from '@ebb/contracts';
import { z } from 'zod';
import type { Choice } from '../live/selection.ts';

/** An absent and an empty parameter are the same: pages write their selects into the address as they are. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const sourceField = z.string().regex(SOURCE_PATTERN, 'expected a source such as "shop"');

/** Days that both databases can count from and to; ISO days sort as texts do. */
const FIRST_DAY = '1970-01-01';
const LAST_DAY = '2199-12-31';

const dayField = z.iso
  .date('expected a day such as "2026-11-21"')
  .refine((day) => day >= FIRST_DAY && day <= LAST_DAY, `expected a day from ${FIRST_DAY} to ${LAST_DAY}`);

export const selectionFields = {
  source: optional(sourceField),
  currency: optional(z.string().regex(/^[A-Z]{3}$/, 'expected three capitals (ISO 4217)')),
  date: optional(dayField),
};

export const liveQuerySchema = z.strictObject(selectionFields);

export function toChoice(query: { source?: unknown; currency?: unknown; date?: unknown }): Choice {
  return { source: text(query.source), currency: text(query.currency), date: text(query.date) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
