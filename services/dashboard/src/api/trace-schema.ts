import { z } from 'zod';
import { instant } from './fields.ts';
import { findingSchema } from './pipeline-schema.ts';
import { deadLetterSchema } from './quality-schema.ts';

/** One station of a row's way; `at` is null where no moment is known. */
export const traceStepSchema = z.object({
  hop: z.enum(['event', 'kafka', 'postgres', 'commit', 'change topic', 'clickhouse', 'publication']),
  at: instant.nullable(),
  detail: z.string(),
});

export const traceSchema = z.object({
  /** The table as Postgres names it. */
  table: z.string(),
  /** Columns of the key and their values. */
  key: z.record(z.string(), z.string()),
  steps: z.array(traceStepSchema),
});

export const tracesSchema = z.object({
  serverTime: instant,
  id: z.string(),
  traces: z.array(traceSchema),
  /** Refused messages whose event has this id, the newest first. */
  letters: z.array(deadLetterSchema),
  /** What the ledger found wrong about rows with this id, the newest first. */
  findings: z.array(findingSchema),
  /** Postgres has no index of web events by their id: what the warehouse does not hold is found among these newest ones. */
  searchedFrom: instant,
  /** Why the warehouse's side is missing; null when it answered. */
  warehouseProblem: z.string().nullable(),
});

export type TraceStep = z.infer<typeof traceStepSchema>;
export type Trace = z.infer<typeof traceSchema>;
export type Traces = z.infer<typeof tracesSchema>;
