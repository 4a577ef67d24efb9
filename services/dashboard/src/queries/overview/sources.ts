import type { ReportSource } from '../../api/overview-schema.ts';
import { shiftDay } from '../../time/business-day.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { defaultSource } from '../options.ts';

interface Row {
  source: string;
  currencies: string[];
  first_day: string;
  last_day: string;
}

/** Every source with figures in this publication, its currencies, and the days they span. */
export async function readSources(edition: Edition): Promise<ReportSource[]> {
  const rows = await edition.query<Row>(`
    SELECT known_source AS source, arraySort(groupUniqArrayIf(known_currency, known_currency != '')) AS currencies,
      toString(min(on_day)) AS first_day, toString(max(on_day)) AS last_day
    FROM (
      SELECT toString(source) AS known_source, '' AS known_currency, toDate32(day) AS on_day
      FROM ${edition.mart('daily_traffic')}
      UNION ALL
      SELECT toString(source) AS known_source, toString(currency) AS known_currency, toDate32(day) AS on_day
      FROM ${edition.mart('daily_revenue')}
    )
    GROUP BY known_source ORDER BY known_source`);
  return rows.map((row) => ({
    source: row.source,
    currencies: row.currencies,
    firstDay: row.first_day,
    lastDay: row.last_day,
  }));
}

/** The source of a reader who chose none, by the rule of the Live page. */
export function chooseSource(sources: readonly ReportSource[]): string {
  return defaultSource(
    sources.map(({ source, currencies, firstDay, lastDay }) => ({ source, currencies, days: [firstDay, lastDay] })),
  );
}

/** The currency of most orders in the fortnight that ends with `to`, else of all days; null without any order. */
export async function mainCurrency(edition: Edition, source: string, to: string): Promise<string | null> {
  const [row] = await edition.query<{ code: string }>(
    `SELECT toString(currency) AS code FROM ${edition.mart('daily_revenue')}
     WHERE source = {source: String}
     GROUP BY currency
     ORDER BY sumIf(total_orders, day BETWEEN {from: Date32} AND {to: Date32}) DESC, sum(total_orders) DESC, code
     LIMIT 1`,
    { source, from: shiftDay(to, -13), to },
  );
  return row?.code ?? null;
}
