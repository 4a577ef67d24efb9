import { z } from 'zod';

const column = z.object({ name: z.string(), type: z.string(), description: z.string() });

const test = z.object({
  name: z.string(),
  /** `not_null`, `relationships`, … of generic tests; `sql` of those in dbt/tests; `unit`. */
  kind: z.string(),
  /** Empty where it looks at whole rows. */
  column: z.string(),
  /** pass, warn; of a build that is published nothing else. */
  status: z.string(),
  /** Rows that fail it; null where it was taken over from an earlier build. */
  failures: z.int().nonnegative().nullable(),
  message: z.string(),
});

/** A node of dbt's project as a build left it; `describe_nodes` in dbt/macros/builds writes it. */
export const builtNodeSchema = z.object({
  /** dbt's own, `model.ebb.daily_revenue`. */
  id: z.string(),
  kind: z.enum(['source', 'seed', 'model', 'exposure']),
  /** Materialization of what is built (`table`, `view`, `incremental`, `seed`), type of an exposure. */
  type: z.string(),
  /** Database; `marts` for what stands in `marts_<id>`; empty for exposures. */
  schema: z.string(),
  name: z.string(),
  /** For people; empty where there is none. */
  label: z.string(),
  description: z.string(),
  /** Whose world it belongs to; of exposures alone. */
  owner: z.string(),
  /** Ids of what it is made of. */
  upstream: z.array(z.string()),
  /** As they stand in the warehouse, in their order. */
  columns: z.array(column),
  /** Whether dbt refuses to build it with other columns than those declared. */
  isEnforced: z.boolean(),
  tests: z.array(test),
  /** Null for views, which are not counted, and exposures. */
  rows: z.int().nonnegative().nullable(),
  /** When the newest row of a source came. */
  newestAtMs: z.int().nullable(),
  /** Minutes after which a source without a new row is late. */
  lateAfterMinutes: z.int().positive().nullable(),
  /** When the build had made it. */
  madeAtMs: z.int().nullable(),
  seconds: z.number().nonnegative().nullable(),
});

export type BuiltNode = z.infer<typeof builtNodeSchema>;
export type BuiltColumn = z.infer<typeof column>;
export type BuiltTest = z.infer<typeof test>;
