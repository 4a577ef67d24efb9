import {
  type Funnel,
  FUNNEL_SPLITS,
  FUNNEL_STEPS,
  type FunnelPart,
  type FunnelSplit,
} from '../../api/funnel-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import { shiftDay } from '../../time/business-day.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { type MetricScope, readMetrics, readMetricsBy } from '../../warehouse/metric-reader.ts';
import { sourceAmong } from '../default-source.ts';
import { toCount } from '../rows.ts';
import { funnelSteps } from './steps.ts';

/** Of a source's days, as many as are shown to who chose none. */
const DEFAULT_DAYS = 28;
/** Countries may be many: the greatest are shown. */
const MOST_PARTS = 12;
const METRIC = 'conversion_rate';

export interface FunnelChoice extends Readonly<Record<FunnelSplit, string | null>> {
  readonly source: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** Sessions by the step they reached, of some days; by device, channel and country; by day. */
export async function readFunnel(edition: Edition, choice: FunnelChoice): Promise<Omit<Funnel, keyof ReportHead>> {
  const sources = await readSources(edition);
  const source = choice.source ?? sourceAmong(sources.map((one) => one.source));
  const known = sources.find((one) => one.source === source);
  const to = choice.to ?? known?.lastDay ?? edition.publication.asOf;
  const from = choice.from ?? shiftDay(to, 1 - DEFAULT_DAYS);
  const scope = (except?: FunnelSplit): MetricScope => scopeOf({ ...choice, source, from, to }, except);
  const [values, steps, days, ...parts] = await Promise.all([
    readMetrics(edition, [METRIC], scope()),
    readSteps(edition, scope()),
    readDays(edition, scope()),
    ...FUNNEL_SPLITS.map((split) => readParts(edition, scope(split), split)),
  ]);
  const [device = [], channel = [], country = []] = parts;
  return {
    sources: sources.map((one) => one.source),
    source,
    from,
    to,
    firstDay: known?.firstDay ?? null,
    lastDay: known?.lastDay ?? null,
    values,
    steps: funnelSteps(steps),
    parts: { device, channel, country },
    days,
  };
}

/** The chosen rows; a split is not narrowed by its own choice, so that the others stay in view. */
function scopeOf(
  choice: FunnelChoice & { source: string; from: string; to: string },
  except?: FunnelSplit,
): MetricScope {
  const chosen = FUNNEL_SPLITS.filter((split) => split !== except && choice[split] !== null);
  const narrowed = chosen.map((split) => ` AND ${split} = {${split}: String}`).join('');
  return {
    where: `source = {source: String} AND day BETWEEN {from: Date32} AND {to: Date32}${narrowed}`,
    params: {
      source: choice.source,
      from: choice.from,
      to: choice.to,
      ...Object.fromEntries(chosen.map((split) => [split, choice[split]])),
    },
  };
}

async function readSources(edition: Edition): Promise<{ source: string; firstDay: string; lastDay: string }[]> {
  return edition.query(
    `SELECT toString(f.source) AS source, toString(min(f.day)) AS firstDay, toString(max(f.day)) AS lastDay
     FROM ${edition.mart('funnel_steps')} AS f GROUP BY f.source ORDER BY f.source`,
  );
}

/** Sessions of each step, in their order. */
const SESSIONS = FUNNEL_STEPS.map((step) => `toString(sumIf(sessions, step = '${step}'))`).join(', ');

async function readSteps(edition: Edition, { where, params }: MetricScope): Promise<number[]> {
  const [row] = await edition.query<{ counts: string[] }>(
    `SELECT [${SESSIONS}] AS counts FROM ${edition.mart('funnel_steps')} WHERE ${where}`,
    params,
  );
  return (row?.counts ?? []).map(toCount);
}

async function readParts(edition: Edition, scope: MetricScope, split: FunnelSplit): Promise<FunnelPart[]> {
  const [rows, conversions] = await Promise.all([
    edition.query<{ part: string; counts: string[] }>(
      `SELECT ${split} AS part, [${SESSIONS}] AS counts FROM ${edition.mart('funnel_steps')} WHERE ${scope.where}
       GROUP BY part ORDER BY sumIf(sessions, step = 'visit') DESC, part LIMIT ${MOST_PARTS}`,
      scope.params,
    ),
    readMetricsBy(edition, [METRIC], { ...scope, by: split }),
  ]);
  return rows.map(({ part, counts }) => ({
    value: part,
    sessions: counts.map(toCount),
    conversion: conversions.get(part)?.[METRIC] ?? null,
  }));
}

async function readDays(edition: Edition, scope: MetricScope): Promise<Funnel['days']> {
  const [rows, conversions] = await Promise.all([
    edition.query<{ on_day: string; started: string }>(
      `SELECT toString(day) AS on_day, toString(sumIf(sessions, step = 'visit')) AS started
       FROM ${edition.mart('funnel_steps')} WHERE ${scope.where} GROUP BY on_day ORDER BY on_day`,
      scope.params,
    ),
    readMetricsBy(edition, [METRIC], { ...scope, by: 'day' }),
  ]);
  return rows.map(({ on_day: day, started }) => ({
    day,
    sessions: toCount(started),
    conversion: conversions.get(day)?.[METRIC] ?? null,
  }));
}
