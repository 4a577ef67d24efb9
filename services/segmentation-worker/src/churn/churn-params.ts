import { z } from 'zod';

export const CHURN_SCORES = 'churn_scores';

/** The bank's customers, of its dimensions and facts; every other source of a build is a shop, of its orders. */
export const BANK = 'bank';
/** Sources of builds; a table may not go by their names, since it would take their place. */
const BUILD_SOURCES = [BANK, 'shop', 'retail', 'retail_files'];
/** Tables of the servers themselves, and what this worker writes. */
const CLOSED_DATABASES = ['system', 'information_schema', 'ml', 'ops', 'admin'];

/** Of a source's first run, unless one is given. */
export const FIRST_HORIZON_DAYS = 90;

const source = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/);
const column = z.string().min(1).max(200);
/** Features that are not to be used, such as one that is known only of those who have left. */
const leaveOut = z.array(column).max(500).default([]);

/** Customers of a build: what came of them is found in what they did later. */
const buildParams = z.strictObject({
  source,
  as_of: z.iso.date().optional(),
  /** How far ahead; who does nothing for so long has churned. As far as the published run unless given. */
  horizon_days: z.int().min(14).max(365).optional(),
  leave_out: leaveOut,
});
export type BuildParams = z.infer<typeof buildParams>;

/** A table with a row per customer, one column of which says who churned. */
const tableParams = z.strictObject({
  source: source.refine((name) => !BUILD_SOURCES.includes(name), 'is a source of the marts: name the table otherwise'),
  table: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}\.[A-Za-z_]\w{0,127}$/, 'must be database.table')
    .refine((name) => !CLOSED_DATABASES.includes((name.split('.')[0] ?? '').toLowerCase()), 'is in a closed database'),
  label: column,
  id: column,
  /** Value of the label that means churn; needed where no word says so. */
  positive: z.string().optional(),
  /** The day of which the table is a picture; the day of the job unless given. */
  as_of: z.iso.date().optional(),
  leave_out: leaveOut,
});
export type TableParams = z.infer<typeof tableParams>;

export type ChurnParams = BuildParams | TableParams;

/** A table is meant where one is named. */
export function churnParams(given: Record<string, unknown>): ChurnParams {
  return 'table' in given ? tableParams.parse(given) : buildParams.parse(given);
}

/** A run whose horizon nobody named looks as far ahead as the published one, so that the two can be compared. */
export function withHorizonOf(params: ChurnParams, published: { readonly horizonDays: number } | null): ChurnParams {
  if (isTable(params) || params.horizon_days !== undefined || published === null) return params;
  return { ...params, horizon_days: published.horizonDays };
}

export function isTable(params: ChurnParams): params is TableParams {
  return 'table' in params;
}
