import type { Risk, Risks } from '../../api/churn-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { reasonOf } from '../customers/models.ts';
import { sourceAmong } from '../default-source.ts';
import { type Page, toCount } from '../rows.ts';

interface Row extends Omit<Risk, 'reason'> {
  reasons: Parameters<typeof reasonOf>[0][];
}

/** Who may leave, the greatest risk first; of one tenth of risk, or of all. */
export async function readRisks(
  edition: Edition,
  choice: { source: string | null; decile: number | null },
  page: Page,
): Promise<Omit<Risks, keyof ReportHead>> {
  const { runs } = edition;
  const source = choice.source ?? sourceAmong(runs.sourcesOf(['churn_scores']));
  const run = runs.of('churn_scores', source);
  if (run === null) return { source, asOf: null, total: 0, ...page, customers: [] };
  const params = {
    scores: run.writeId,
    values: runs.writeIdOf('clv', source),
    decile: choice.decile ?? 0,
    ...page,
  };
  const where = 'c.write_id = {scores: UUID} AND ({decile: UInt8} = 0 OR c.risk_decile = {decile: UInt8})';
  const [[counted], rows] = await Promise.all([
    edition.query<{ total: string }>(
      `SELECT toString(count()) AS total FROM ml.customer_churn_runs AS c WHERE ${where}`,
      params,
    ),
    edition.query<Row>(
      `SELECT c.customer_id AS customerId, c.churn_probability AS probability, c.churn_low AS low, c.churn_high AS high,
         c.comparable_customers AS comparableCustomers, c.risk_decile AS riskDecile,
         arrayMap(r -> (r.1, r.2, r.3), arraySlice(c.raising, 1, 1)) AS reasons,
         if(v.id = '', NULL, toString(toDecimal128(v.clv, 4))) AS value
       FROM ml.customer_churn_runs AS c
       LEFT JOIN (
         SELECT customer_id AS id, clv FROM ml.customer_clv_runs WHERE write_id = {values: UUID}
       ) AS v ON v.id = c.customer_id
       WHERE ${where}
       ORDER BY c.churn_probability DESC, c.customer_id
       LIMIT {limit: UInt32} OFFSET {offset: UInt32}`,
      params,
    ),
  ]);
  return { source, asOf: run.asOf, total: toCount(counted?.total), ...page, customers: rows.map(riskOf) };
}

function riskOf({ reasons: [first], ...row }: Row): Risk {
  return { ...row, reason: first === undefined ? null : reasonOf(first) };
}
