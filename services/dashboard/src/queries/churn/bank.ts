import type { Analysis, Bank } from '../../api/churn-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetrics } from '../../warehouse/metric-reader.ts';
import { toCount } from '../rows.ts';
import { type AnalysisTable, BANK_ANALYSES } from './bank-analyses.ts';

const METRICS = [
  'bank_churn_rate',
  'churned_customers',
  'avg_clv',
  'avg_resolution_time_hrs',
  'number_of_products',
  'number_of_issue_types',
];
/** Rows of a table that are shown: more than any but the list of customers has. */
const MOST_ROWS = 50;

/** The bank's row of figures and its eight analyses, each with what it lets one say. */
export async function readBank(edition: Edition): Promise<Omit<Bank, keyof ReportHead>> {
  const [counted] = await edition.query<{ total: string }>(
    `SELECT toString(sum(k.customers)) AS total FROM ${edition.mart('bank_kpis')} AS k`,
  );
  const customers = toCount(counted?.total);
  if (customers === 0) return { customers, values: {}, analyses: [] };
  const [values, insights, tables] = await Promise.all([
    readMetrics(edition, METRICS),
    readInsights(edition),
    Promise.all(BANK_ANALYSES.map((table) => readTable(edition, table))),
  ]);
  const analyses = insights.flatMap((insight) => {
    const at = BANK_ANALYSES.findIndex(({ analysis }) => analysis === insight.analysis);
    const table = BANK_ANALYSES[at];
    if (table === undefined) return [];
    const columns = table.columns.map(({ title, unit }) => ({ title, unit }));
    return [{ ...insight, title: table.title, columns, rows: tables[at] ?? [] }];
  });
  return { customers, values, analyses };
}

async function readInsights(edition: Edition): Promise<Omit<Analysis, 'title' | 'columns' | 'rows'>[]> {
  const rows = await edition.query<Omit<Analysis, 'n'> & { cases: string }>(
    `SELECT i.analysis AS analysis, toString(i.n) AS cases, toString(i.verdict) AS verdict, i.insight AS insight,
       i.recommendation AS recommendation
     FROM ${edition.mart('bank_insights')} AS i ORDER BY i.analysis`,
  );
  return rows.map(({ cases, ...row }) => ({ ...row, n: toCount(cases) }));
}

async function readTable(edition: Edition, table: AnalysisTable): Promise<(string | null)[][]> {
  const mart = edition.mart(table.mart);
  const cells = table.columns.map(({ name }, index) => `toString(b.${name}) AS c${index}`).join(', ');
  const where = table.where === undefined ? '' : ` WHERE ${table.where(mart)}`;
  const rows = await edition.query<Record<string, string | null>>(
    `SELECT ${cells} FROM ${mart} AS b${where} ORDER BY ${table.orderBy} LIMIT ${MOST_ROWS}`,
  );
  return rows.map((row) => table.columns.map((_, index) => row[`c${index}`] ?? null));
}
