import { RunsStore } from '../registry/runs-store.ts';
import type { RunWork } from './finish-run.ts';
import { storedCustomers } from './run-tables.ts';

/** Share of the published customers that may be missing: a source that was cut short is no churn. */
const MAX_CUSTOMERS_LOST = 0.2;

/** Customers of the run that was published before this one began; 0 where there is none, or its rows are gone. */
export async function previousCustomers({ parts, run }: RunWork): Promise<number> {
  if (run.previousRunId === null) return 0;
  const previous = await new RunsStore(parts.pool).find(run.previousRunId);
  return previous?.writeId == null ? 0 : storedCustomers(parts.clickhouse, previous.writeId);
}

/** Why a run of so many customers must not take the place of one of so many; none: it may. */
export function customersLost(customers: number, published: number): string[] {
  const lost = 1 - customers / Math.max(1, published);
  if (lost <= MAX_CUSTOMERS_LOST) return [];
  return [`customers lost: ${(100 * lost).toFixed(0)} % of the published, at most ${100 * MAX_CUSTOMERS_LOST} %`];
}
