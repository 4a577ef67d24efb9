import { z } from 'zod';
import { count, instant } from './fields.ts';
import { reportSchema } from './report-schema.ts';

const LINEAGE_TYPES = [
  'SERVICE',
  'TOPIC',
  'PATH',
  'STREAMING_TABLE',
  'TABLE',
  'VIEW',
  'SEED',
  'DASHBOARD',
  'APPLICATION',
] as const;

export const lineageNodeSchema = z.object({
  /** `table:marts.daily_revenue`, `topic:website_events`, `service:cdc-sink`. */
  id: z.string(),
  type: z.enum(LINEAGE_TYPES),
  name: z.string(),
  description: z.string(),
  /** `model.ebb.daily_revenue`; null for what comes before dbt's sources. */
  dbtId: z.string().nullable(),
  /** When the build was published; null for what is not counted. */
  rows: count.nullable(),
  /** When the newest row of a source had come. */
  newestAt: instant.nullable(),
  /** Of a source: whether, when the build was published, no row had come for longer than it may rest. */
  isLate: z.boolean().nullable(),
  /** When the build had made it. */
  madeAt: instant.nullable(),
  testsPassed: count,
  testsWarned: count,
});

export const lineageSchema = reportSchema.extend({
  nodes: z.array(lineageNodeSchema),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
});

export const nodeTestSchema = z.object({
  name: z.string(),
  kind: z.string(),
  /** Empty where it looks at whole rows. */
  column: z.string(),
  status: z.string(),
  /** Rows that fail it; null where an earlier build was taken over. */
  failures: count.nullable(),
  message: z.string(),
});

export const nodeColumnSchema = z.object({ name: z.string(), type: z.string(), description: z.string() });

export const lineageDetailSchema = reportSchema.extend({
  node: lineageNodeSchema.extend({
    /** Whether dbt refuses to build it with other columns. */
    isEnforced: z.boolean(),
    /** Whose world an exposure belongs to; else empty. */
    owner: z.string(),
    /** How long the build took for it. */
    seconds: z.number().nonnegative().nullable(),
    columns: z.array(nodeColumnSchema),
    tests: z.array(nodeTestSchema),
    /** Ids of the direct neighbours. */
    upstream: z.array(z.string()),
    downstream: z.array(z.string()),
  }),
});

export type LineageNodeInfo = z.infer<typeof lineageNodeSchema>;
export type LineageReport = z.infer<typeof lineageSchema>;
export type LineageDetail = z.infer<typeof lineageDetailSchema>;
export type NodeTest = z.infer<typeof nodeTestSchema>;
export type NodeColumn = z.infer<typeof nodeColumnSchema>;
