import type { RowBinaryWriter } from '@ebb/clickhouse';
import { type AcceptedWebEvent, jsonbText } from '@ebb/contracts';
import { DAY_MS } from '@ebb/core';

export const WEB_EVENTS_TABLE = 'raw.web_events';

/** Where the event stood; the first offset of an identity wins. */
export interface EventPosition {
  readonly partition: number;
  readonly offset: number;
  readonly kafkaTimeMs: number;
}

/** Writes one row. Accepted events are of the years 1970 to 2199, a day more or less, so that every one has its place. */
export function encodeWebEvent(writer: RowBinaryWriter, event: AcceptedWebEvent, position: EventPosition): void {
  writer.string(event.source);
  writer.date32(Math.floor(event.eventTimeMs / DAY_MS));
  writer.string(event.userKey);
  writer.string(event.eventId);
  writer.bool(event.userId !== null);
  nullable(writer, event.anonymousId);
  writer.dateTime64Us(event.eventTimeMs * 1000);
  writer.string(event.eventType);
  nullable(writer, event.sessionId);
  nullable(writer, event.pageUrl);
  nullable(writer, event.productId);
  nullable(writer, event.orderId);
  nullable(writer, event.deviceType);
  nullable(writer, event.searchQuery);
  nullable(writer, event.country);
  nullable(writer, event.referrer);
  nullable(writer, event.utmSource);
  nullable(writer, event.utmMedium);
  nullable(writer, event.utmCampaign);
  nullableJson(writer, event.properties);
  nullableJson(writer, event.extra);
  writer.uint16(event.schemaVersion);
  writer.int32(position.partition);
  writer.int64(position.offset);
  writer.dateTime64Ms(position.kafkaTimeMs);
}

function nullable(writer: RowBinaryWriter, value: string | null): void {
  if (value === null) {
    writer.null();
  } else {
    writer.notNull();
    writer.string(value);
  }
}

/** As Postgres prints the same value, so that both stores hold equal texts. */
function nullableJson(writer: RowBinaryWriter, value: string | null): void {
  nullable(writer, value === null ? null : jsonbText(value));
}
