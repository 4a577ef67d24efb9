import type { ComparedFigure, LiveVsBatch } from '../../api/overview-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { isoOf } from '../../warehouse/instants.ts';
import { toCount } from '../rows.ts';

interface TotalsRow {
  taken_at: string;
  newest_day: string;
  equal_figures: string;
  moving_figures: string;
  different_figures: string;
}

/** More than a reader looks through; the counts tell how many there are. */
const MOST_FIGURES = 40;

/**
 * Live day figures of one source against those of the build, as of the build: how many agree, the newest day of both in
 * full, and whatever differs on any day. Null where the build had no live figures to compare with.
 */
export async function readLiveVsBatch(
  edition: Edition,
  source: string,
  currency: string | null,
): Promise<LiveVsBatch | null> {
  const mart = edition.mart('live_vs_batch');
  const [totals] = await edition.query<TotalsRow>(
    `SELECT toString(max(live_taken_at)) AS taken_at,
       toString(maxIf(day, live IS NOT NULL AND batch IS NOT NULL)) AS newest_day,
       countIf(state = 'equal') AS equal_figures, countIf(state = 'moving') AS moving_figures,
       countIf(state = 'differs') AS different_figures
     FROM ${mart} WHERE source = {source: String} HAVING count() > 0`,
    { source },
  );
  if (totals === undefined) return null;
  const figures = await edition.query<ComparedFigure>(
    `SELECT toString(c.kpi) AS kpi, toString(c.day) AS day, toString(c.currency) AS currency, toString(c.metric) AS metric,
       toString(c.live) AS live, toString(c.batch) AS batch, toString(c.live - c.batch) AS difference,
       toString(c.state) AS state
     FROM ${mart} AS c
     WHERE c.source = {source: String}
       AND (c.state = 'differs' OR (c.day = {newest: Date32} AND c.currency IN ('', {currency: String})))
     ORDER BY c.state = 'differs' DESC, c.day DESC, c.kpi DESC, c.currency, c.metric
     LIMIT {limit: UInt32}`,
    { source, currency: currency ?? '', newest: totals.newest_day, limit: MOST_FIGURES },
  );
  return {
    takenAt: isoOf(totals.taken_at),
    equal: toCount(totals.equal_figures),
    moving: toCount(totals.moving_figures),
    differs: toCount(totals.different_figures),
    figures,
  };
}
