import type { Clickhouse } from '@ebb/clickhouse';
import { jsonbText, STORED_WEB_EVENT_COLUMNS } from '@ebb/contracts';
import { quoteText } from '../compare/row-set.ts';
import { BY_LEDGER, IN_PLACE } from './in-place.ts';

/** Brings one event of raw.web_events to `wanted`, a row of stream.web_events by column names; null removes it. */
export async function repairWebInClickhouse(
  clickhouse: Clickhouse,
  key: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, unknown>> | null,
): Promise<void> {
  const { source = '', day = '', user_key: userKey = '', event_id: eventId = '' } = key;
  const condition = `source = ${quoteText(source)} AND day = toDate32(${quoteText(day)})
    AND user_key = ${quoteText(userKey)} AND event_id = ${quoteText(eventId)}`;
  // Removed in any case: a wrong row may claim an earlier offset, and would win.
  await clickhouse.command(
    `ALTER TABLE raw.web_events DELETE WHERE ${condition} AND ${BY_LEDGER}`,
    {},
    { settings: IN_PLACE },
  );
  if (wanted === null) return;
  const row: Record<string, unknown> = Object.fromEntries(
    STORED_WEB_EVENT_COLUMNS.map((name) => [name, wanted[name] ?? null]),
  );
  for (const name of ['event_time', '_kafka_time']) row[name] = timeText(row[name]);
  for (const name of ['properties', 'extra']) if (row[name] !== null) row[name] = jsonbText(JSON.stringify(row[name]));
  await clickhouse.insert('raw.web_events', {
    columns: STORED_WEB_EVENT_COLUMNS,
    format: 'JSONEachRow',
    body: Buffer.from(`${JSON.stringify(row)}\n`),
  });
}

function timeText(value: unknown): string {
  return (typeof value === 'string' ? value : '').replace('T', ' ').replace('Z', '');
}
