import type { Dashboard, DatabaseName } from './asset-types.ts';
import { QUALITY } from './dashboards/quality.ts';
import { RETAIL } from './dashboards/retail.ts';
import { DEAD_LETTERS_TABLE } from './datasets-quality.ts';

/** A mail with the table of one tile: a report when it is due, an alert when its statement finds too much. */
export interface Schedule {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** In UTC. */
  readonly crontab: string;
  readonly dashboard: Dashboard;
  /** Of that dashboard. */
  readonly tile: string;
  readonly alert?: Alert;
}

interface Alert {
  readonly database: DatabaseName;
  /** Of one figure. */
  readonly sql: string;
  /** Greater figures give a mail. */
  readonly above: number;
  /** While it stays so, the next mail comes after this time. */
  readonly graceSeconds: number;
}

const HOUR_SECONDS = 3600;

export const SCHEDULES: readonly Schedule[] = [
  {
    slug: 'marts-are-old',
    name: 'The marts are old',
    description: 'Nothing was published for more than seven hours; a build is due every six.',
    crontab: '*/10 * * * *',
    dashboard: QUALITY,
    tile: 'age',
    alert: {
      database: 'clickhouse',
      sql: `SELECT dateDiff('minute', max(built_at), now64(3, 'UTC')) / 60.0 AS age_hours
FROM marts.publication FINAL WHERE state = 'published' HAVING count() > 0`,
      above: 7,
      graceSeconds: 6 * HOUR_SECONDS,
    },
  },
  {
    slug: 'messages-are-refused',
    name: 'Messages are refused',
    description: 'Somebody sent what nobody could accept within the last hour: ebb dlq list shows the messages.',
    crontab: '*/5 * * * *',
    dashboard: QUALITY,
    tile: 'dead-letters',
    alert: {
      database: 'postgres',
      sql: `SELECT count(*) AS refused FROM ${DEAD_LETTERS_TABLE}
WHERE failed_at > now() - interval '1 hour' AND replayed_at IS NULL AND dropped_at IS NULL`,
      above: 0,
      graceSeconds: HOUR_SECONDS,
    },
  },
  {
    slug: 'quality-of-the-day',
    name: 'Quality of the day',
    description: 'What the rules for the daily files have found.',
    crontab: '0 6 * * *',
    dashboard: QUALITY,
    tile: 'rules',
  },
  {
    slug: 'segments-of-the-week',
    name: 'Segments of the week',
    description: "The retailer's customers by segment.",
    crontab: '0 6 * * 1',
    dashboard: RETAIL,
    tile: 'segment-summary',
  },
];
