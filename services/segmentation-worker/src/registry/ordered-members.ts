import type { Columns } from '@ebb/clickhouse';
import { must } from '@ebb/core';

/** Rows of a result by their column `customer`, in the order of code units, as segments want it; the server's is that of bytes. */
export function orderedMembers({ texts }: Columns): { customers: string[]; order: number[] } {
  const names = must(texts.get('customer'), 'column customer').map((name) => name ?? '');
  const order = [...names.keys()].toSorted((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  return { customers: order.map((row) => names[row] ?? ''), order };
}
