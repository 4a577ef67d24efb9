import type { Freshness } from '../api/live-schema.ts';
import { type Queryable, toIso } from './rows.ts';

/** A cheap look at a selection: enough to know whether its figures changed. */
export interface Pulse {
  /** Equal as long as no figure of the selection changed. */
  readonly fingerprint: string;
  readonly freshness: Freshness;
}

interface Row {
  web_revision: string | null;
  web_changed: Date | null;
  order_revision: string | null;
  order_changed: Date | null;
  as_of: Date | null;
}

// Every change of a figure raises its day's revision; updated_at tells a rebuilt day from the one before.
const SQL = `
  SELECT * FROM (
    SELECT sum(revision) AS web_revision, max(updated_at) AS web_changed
    FROM kpi.web_day WHERE source = $1 AND day = $3
  ) web, (
    SELECT sum(revision) AS order_revision, max(updated_at) AS order_changed
    FROM kpi.order_day WHERE source = $1 AND currency = $2 AND day = $3
  ) orders, (
    SELECT CASE WHEN bool_and(caught_up_at IS NOT NULL) THEN min(greatest(caught_up_at, event_time)) END AS as_of
    FROM stream.watermarks
  ) input`;

/**
 * `dataAsOf` is the moment up to which all input is counted, over all topic partitions the oldest of: when it was last
 * seen empty, and its greatest event time. The latter is a bound too: it is never beyond its message's Kafka time, so
 * whatever Kafka held at that time lies before that message, and that message is stored.
 */
export async function readPulse(
  db: Queryable,
  selection: { source: string; currency: string | null; date: string },
): Promise<Pulse> {
  const { rows } = await db.query<Row>(SQL, [selection.source, selection.currency, selection.date]);
  const row = rows[0];
  const changes = [row?.web_changed, row?.order_changed].filter((date) => date !== null && date !== undefined);
  const last = changes.length === 0 ? null : new Date(Math.max(...changes.map((date) => date.getTime())));
  const parts = [row?.web_revision, row?.web_changed?.getTime(), row?.order_revision, row?.order_changed?.getTime()];
  return {
    fingerprint: parts.map((part) => part ?? '').join('/'),
    freshness: { dataAsOf: toIso(row?.as_of), lastChangeAt: toIso(last) },
  };
}
