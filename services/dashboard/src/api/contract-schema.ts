import { z } from 'zod';
import { count, instant } from './fields.ts';
import { nodeColumnSchema } from './lineage-schema.ts';
import { metricsSchema } from './metrics-schema.ts';
import { reportSchema } from './report-schema.ts';

export const eventContractSchema = z.object({
  topic: z.string(),
  title: z.string(),
  /** Of the policy by which messages are accepted now: registered event types come and go with it. */
  policyVersion: count,
  fields: z.array(
    z.object({
      name: z.string(),
      /** In words, such as `text, at most 64`. */
      type: z.string(),
      isRequired: z.boolean(),
    }),
  ),
  /** JSON Schema (2020-12) of a message. */
  schema: z.record(z.string(), z.unknown()),
});

export const tableContractSchema = z.object({
  /** `crm.customers`. */
  name: z.string(),
  /** Topic of its changes. */
  topic: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), isKey: z.boolean(), isNullable: z.boolean() })),
  /** Every set of columns it had, oldest first; the last is the one above. */
  versions: z.array(
    z.object({
      version: z.int().positive(),
      at: instant,
      /** What is other than in the version before, in words; empty for the first. */
      changes: z.array(z.string()),
    }),
  ),
});

export const landedContractSchema = z.object({
  serverTime: instant,
  events: z.array(eventContractSchema),
  tables: z.array(tableContractSchema),
});

export const martContractSchema = z.object({
  /** Id in the lineage. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Whether dbt refuses to build it with other columns. */
  isEnforced: z.boolean(),
  columns: z.array(nodeColumnSchema.extend({ tests: z.array(z.string()) })),
  /** Of whole rows. */
  tests: z.array(z.string()),
});

export const martsContractSchema = reportSchema.extend({ marts: z.array(martContractSchema) });

/** Everything that is promised, as one file. */
export const contractFileSchema = landedContractSchema
  .extend(martsContractSchema.pick({ publication: true, marts: true }).shape)
  .extend(metricsSchema.shape);

export type EventContract = z.infer<typeof eventContractSchema>;
export type TableContract = z.infer<typeof tableContractSchema>;
export type LandedContract = z.infer<typeof landedContractSchema>;
export type MartContract = z.infer<typeof martContractSchema>;
export type MartsContract = z.infer<typeof martsContractSchema>;
