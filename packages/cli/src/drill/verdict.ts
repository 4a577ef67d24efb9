import type { Pool } from '@ebb/postgres';
import { formatComparisons, isEqual } from '../verify/format.ts';
import { type Comparison, compareKpis } from '../verify/verify.ts';

export interface Promises {
  /** Ids of web events answered 202 or acknowledged to the simulator. */
  web: ReadonlySet<string>;
  /** Ids of purchase events acknowledged to the simulator. */
  purchase: ReadonlySet<string>;
}

export interface Verdict {
  promised: number;
  /** Promised and not stored, or stored more than once. */
  wrong: string[];
  comparisons: Comparison[];
  isKept: boolean;
}

/** Whether everything promised is stored exactly once, and every KPI equals one SQL over what is stored. */
export async function judge(pool: Pool, promises: Promises): Promise<Verdict> {
  const web = await wrongIds(pool, 'stream.web_events', promises.web);
  const purchase = await wrongIds(pool, 'sales.order_status_history', promises.purchase);
  const comparisons = await compareKpis(pool);
  const wrong = [...web, ...purchase];
  return {
    promised: promises.web.size + promises.purchase.size,
    wrong,
    comparisons,
    isKept: wrong.length === 0 && isEqual(comparisons),
  };
}

async function wrongIds(pool: Pool, table: string, ids: ReadonlySet<string>): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; times: number }>(
    `SELECT promised.id, count(stored.event_id)::integer AS times
     FROM unnest($1::text[]) AS promised (id) LEFT JOIN ${table} AS stored ON stored.event_id = promised.id
     GROUP BY promised.id HAVING count(stored.event_id) <> 1`,
    [[...ids]],
  );
  return rows.map((row) => `${row.id} stored ${row.times} times in ${table}`);
}

export function formatVerdict(verdict: Verdict): string {
  const { promised, wrong, comparisons } = verdict;
  const head =
    wrong.length === 0
      ? `all ${promised} events that were acknowledged are stored exactly once`
      : `${wrong.length} of ${promised} acknowledged events are NOT stored exactly once, such as ${wrong.slice(0, 3).join('; ')}`;
  return `${head}\n${formatComparisons(comparisons)}`;
}
