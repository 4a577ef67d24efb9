import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { formatMoney, type Money, utcDay } from '@ebb/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Recount, recountFiles } from './recount.ts';
import type { RetailDocument, RetailKind } from './retail-document.ts';
import { readRetailFile, type RetailFile } from './retail-file.ts';

describe('year 1 of Online Retail II', () => {
  let file: RetailFile;
  let recount: Recount;

  beforeAll(async () => {
    [file, recount] = await Promise.all([
      readRetailFile(ONLINE_RETAIL_YEAR_1.path),
      recountFiles([ONLINE_RETAIL_YEAR_1.path]),
    ]);
  }, 30_000);

  test('every line is read', () => {
    expect(file.goodLines).toBe(ONLINE_RETAIL_YEAR_1.rows);
    expect(file.badLines).toEqual([]);
    expect(recount.lines).toBe(ONLINE_RETAIL_YEAR_1.rows);
  });

  test('documents come to the published totals, by the builder and by the recount', () => {
    const built = totals(file.documents);
    expect(built).toEqual({
      total_orders: 20_951,
      gross_amount: '10305892.024',
      credit_notes: 4_592,
      credit_amount: '-629855.37',
      adjustments: 3_273,
      adjustment_amount: '-136552.02',
      net_amount: '9676036.654',
    });
    expect(trimmed(recount.totals)).toEqual(built);
  });

  test('every day agrees', () => {
    const byDay = Map.groupBy(file.documents, (document) => utcDay(document.timeMs));
    const built = [...byDay].map(([day, documents]) => ({ day, ...totals(documents) }));
    expect(built).toEqual(recount.days.map(({ day, ...rest }) => ({ day, ...trimmed(rest) })));
    expect(built).toHaveLength(307);
  });

  test('one credit note is positive, three adjustments have value', () => {
    const positive = file.documents.filter((document) => document.kind === 'credit_note' && document.total > 0n);
    const valued = file.documents.filter((document) => document.kind === 'adjustment' && document.total !== 0n);
    expect([positive.length, valued.length]).toEqual([1, 3]);
  });

  test('lines of one invoice that are not neighbours are one document', () => {
    const invoices = file.documents.map((document) => document.invoice);
    expect(new Set(invoices).size).toBe(invoices.length);
  });
});

function totals(documents: RetailDocument[]): Omit<Recount['totals'], never> {
  const of = (kind: RetailKind): { count: number; amount: Money } => {
    const found = documents.filter((document) => document.kind === kind);
    return { count: found.length, amount: found.reduce((sum, document) => sum + document.total, 0n) };
  };
  const [orders, credits, adjustments] = [of('order'), of('credit_note'), of('adjustment')];
  return {
    total_orders: orders.count,
    gross_amount: formatMoney(orders.amount),
    credit_notes: credits.count,
    credit_amount: formatMoney(credits.amount),
    adjustments: adjustments.count,
    adjustment_amount: formatMoney(adjustments.amount),
    net_amount: formatMoney(orders.amount + credits.amount),
  };
}

/** The recount prints four places, money two to four. */
function trimmed<T extends Recount['totals']>(row: T): T {
  const entries = Object.entries(row).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replace(/0{1,2}$/, '') : value,
  ]);
  return Object.fromEntries(entries) as T;
}
