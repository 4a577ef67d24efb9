import type { AcceptedWebEvent } from '@ebb/contracts';

/** Where a message stands in its topic. */
export interface MessagePosition {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/** The row of stream.web_events that an accepted message makes, by column names. */
export function webRowOf(event: AcceptedWebEvent, at: MessagePosition): Record<string, unknown> {
  return {
    event_time: new Date(event.eventTimeMs).toISOString(),
    _kafka_time: new Date(at.timestampMs).toISOString(),
    _offset: at.offset,
    _partition: at.partition,
    day: event.day,
    schema_version: event.schemaVersion,
    is_identified: event.userId !== null,
    event_id: event.eventId,
    user_key: event.userKey,
    source: event.source,
    event_type: event.eventType,
    session_id: event.sessionId,
    page_url: event.pageUrl,
    product_id: event.productId,
    order_id: event.orderId,
    device_type: event.deviceType,
    anonymous_id: event.anonymousId,
    search_query: event.searchQuery,
    country: event.country,
    referrer: event.referrer,
    utm_source: event.utmSource,
    utm_medium: event.utmMedium,
    utm_campaign: event.utmCampaign,
    properties: parsed(event.properties),
    extra: parsed(event.extra),
  };
}

export function webKeyOf(event: AcceptedWebEvent): string[] {
  return [event.source, event.day, event.userKey, event.eventId];
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
