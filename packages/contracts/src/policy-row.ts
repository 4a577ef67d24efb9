import { EbbError } from '@ebb/core';
import { z } from 'zod';
import { customTypesSchema } from './custom-type.ts';
import type { Policy } from './policy.ts';

const rowSchema = z.object({
  version: z.int().min(1),
  raw_retention_days: z.int().min(1),
  custom_types: customTypesSchema,
  effective_from: z.date(),
});

/** A policy from a row of ops.policies; raises INVALID_POLICY for one that this code does not understand. */
export function parsePolicyRow(row: unknown): Policy {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) throw new EbbError('INVALID_POLICY', `ops.policies: ${z.prettifyError(parsed.error)}`);
  return {
    version: parsed.data.version,
    rawRetentionDays: parsed.data.raw_retention_days,
    customTypes: parsed.data.custom_types,
    effectiveFromMs: parsed.data.effective_from.getTime(),
  };
}
