import { quoteLiteral, type Pool, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import { comparisonSql, RECOUNTS } from './recount.ts';

export interface Comparison {
  table: string;
  /** Rows looked at on either side. */
  rows: number;
  /** Rows in which a figure differs or one side is missing. */
  differing: number;
  /** The first few of them, both sides' figures as text. */
  samples: Record<string, unknown>[];
}

const rowSchema = z.object({
  rows: z.number(),
  differing: z.number(),
  samples: z.array(z.record(z.string(), z.unknown())),
});

/**
 * Compares every live KPI row with one SQL over the raw rows. All of it is read in one snapshot, so it is exact while
 * events stream in: a batch's raw rows and KPIs are committed together.
 */
export function compareKpis(pool: Pool): Promise<Comparison[]> {
  return withTransaction(
    pool,
    async (client) => {
      const settings = await client.query<{ value: string }>(
        `SELECT value FROM ops.settings WHERE key = 'business_timezone'`,
      );
      const timezone = quoteLiteral(settings.rows[0]?.value ?? 'UTC');
      const comparisons: Comparison[] = [];
      for (const recount of RECOUNTS) {
        const { rows } = await client.query(comparisonSql(recount).replaceAll('$timezone', timezone));
        comparisons.push({ table: recount.table, ...rowSchema.parse(rows[0]) });
      }
      return comparisons;
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}
