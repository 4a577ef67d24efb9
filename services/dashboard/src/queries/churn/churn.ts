import type { Churn } from '../../api/churn-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { sourceAmong } from '../default-source.ts';
import { readBackTest, readCalibration, readLift } from './back-test.ts';
import { readValueByCluster } from './value.ts';

/** How well churn of a source is foretold, and what its customers are worth by cluster. */
export async function readChurn(edition: Edition, chosen: string | null): Promise<Omit<Churn, keyof ReportHead>> {
  const { runs } = edition;
  const sources = runs.sourcesOf(['churn_scores', 'clv']);
  const source = chosen ?? sourceAmong(sources);
  const scores = runs.of('churn_scores', source);
  const [currency, backTest, calibration, lift, value] = await Promise.all([
    readCurrency(edition, source),
    scores === null ? null : readBackTest(edition, scores),
    scores === null ? [] : readCalibration(edition, scores),
    scores === null ? [] : readLift(edition, scores),
    readValueByCluster(edition, runs, source),
  ]);
  return { sources, source, currency, backTest, calibration, lift, value };
}

async function readCurrency(edition: Edition, source: string): Promise<string | null> {
  const [row] = await edition.query<{ code: string }>(
    `SELECT toString(p.currency) AS code FROM ${edition.mart('int_customer_profiles_ml')} AS p
     WHERE p.source = {source: String} LIMIT 1`,
    { source },
  );
  return row?.code ?? null;
}
