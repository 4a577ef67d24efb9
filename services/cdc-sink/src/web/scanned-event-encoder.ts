import type { RowBinaryWriter } from '@ebb/clickhouse';
import { DEFAULT_SOURCE, SCANNED, SCANNED_SCHEMA_VERSION, type WebEventScanner } from '@ebb/contracts';
import { DAY_MS } from '@ebb/core';
import type { EventPosition } from './web-event-encoder.ts';

/** Writes the row of the event that was scanned; the same as `encodeWebEvent` writes. */
export function encodeScannedEvent(writer: RowBinaryWriter, event: WebEventScanner, position: EventPosition): void {
  const isIdentified = event.has(SCANNED.user_id);
  if (event.has(SCANNED.source)) text(writer, event, SCANNED.source);
  else writer.string(DEFAULT_SOURCE);
  writer.date32(Math.floor(event.eventTimeMs / DAY_MS));
  text(writer, event, isIdentified ? SCANNED.user_id : SCANNED.anonymous_id);
  text(writer, event, SCANNED.event_id);
  writer.bool(isIdentified);
  nullable(writer, event, SCANNED.anonymous_id);
  writer.dateTime64Us(event.eventTimeMs * 1000);
  text(writer, event, SCANNED.event_type);
  nullable(writer, event, SCANNED.session_id);
  nullable(writer, event, SCANNED.page_url);
  nullable(writer, event, SCANNED.product_id);
  nullable(writer, event, SCANNED.order_id);
  nullable(writer, event, SCANNED.device_type);
  nullable(writer, event, SCANNED.search_query);
  nullable(writer, event, SCANNED.country);
  nullable(writer, event, SCANNED.referrer);
  nullable(writer, event, SCANNED.utm_source);
  nullable(writer, event, SCANNED.utm_medium);
  nullable(writer, event, SCANNED.utm_campaign);
  // Events with properties or unknown fields are not scanned.
  writer.null();
  writer.null();
  writer.uint16(SCANNED_SCHEMA_VERSION);
  writer.int32(position.partition);
  writer.int64(position.offset);
  writer.dateTime64Ms(position.kafkaTimeMs);
}

function text(writer: RowBinaryWriter, event: WebEventScanner, field: number): void {
  writer.paddedSlice(event.source, event.starts[field] ?? 0, event.ends[field] ?? 0);
}

function nullable(writer: RowBinaryWriter, event: WebEventScanner, field: number): void {
  if (event.has(field)) {
    writer.notNull();
    text(writer, event, field);
  } else {
    writer.null();
  }
}
