import type { WebEvent } from './web-event.ts';
import { WEB_EVENT_SCHEMA_VERSION } from './web-event.ts';
import { DEFAULT_SOURCE } from './limits.ts';

type OptionalField = Exclude<keyof WebEvent, 'eventId' | 'eventTimeMs' | 'eventType' | 'userKey' | 'day'>;

/** What a sender states; everything else has a default. A parsed WebEvent fits too. */
export type WebEventInput = Pick<WebEvent, 'eventId' | 'eventTimeMs' | 'eventType'> &
  Partial<Pick<WebEvent, OptionalField>>;

/** The wire JSON of an event, in one fixed field order; absent fields are left out. */
export function encodeWebEvent(event: WebEventInput): string {
  const base = JSON.stringify({
    event_id: event.eventId,
    event_timestamp: new Date(event.eventTimeMs).toISOString(),
    event_type: event.eventType,
    user_id: event.userId ?? undefined,
    anonymous_id: event.anonymousId ?? undefined,
    session_id: event.sessionId ?? undefined,
    page_url: event.pageUrl ?? undefined,
    product_id: event.productId ?? undefined,
    order_id: event.orderId ?? undefined,
    device_type: event.deviceType ?? undefined,
    search_query: event.searchQuery ?? undefined,
    referrer: event.referrer ?? undefined,
    utm_source: event.utmSource ?? undefined,
    utm_medium: event.utmMedium ?? undefined,
    utm_campaign: event.utmCampaign ?? undefined,
    country: event.country ?? undefined,
    source: event.source ?? DEFAULT_SOURCE,
    schema_version: event.schemaVersion ?? WEB_EVENT_SCHEMA_VERSION,
  });
  // Free-form parts are JSON text already: spliced in, they stay byte for byte what they were.
  const properties = event.properties == null ? '' : `,"properties":${event.properties}`;
  const extra = event.extra == null || event.extra === '{}' ? '' : `,${event.extra.slice(1, -1)}`;
  return `${base.slice(0, -1)}${properties}${extra}}`;
}

/** Kafka key: all events of a person meet in one partition, in order. */
export function webMessageKey(event: Pick<WebEvent, 'userKey'>): string {
  return event.userKey;
}
