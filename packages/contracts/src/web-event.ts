import { z } from 'zod';
import { LIMITS, SOURCE_PATTERN } from './limits.ts';

/**
 * Version of the web event's wire form, stamped as `schema_version`; an event without it is version 1.
 *
 * History:
 * 1 (2026-11): first version. Fields of the wire schema below, types and their rules in WEB_EVENT_RULES.
 *
 * A new version may only add optional fields and event types: stored events of every older version must stay valid
 * (compatibility.test.ts). A consumer refuses newer versions than its own, so consumers are upgraded before senders.
 */
export const WEB_EVENT_SCHEMA_VERSION = 1;

const id = z.string().max(LIMITS.id).nullish();
const shortText = z.string().max(LIMITS.shortText).nullish();
const mediumText = z.string().max(LIMITS.mediumText).nullish();
const url = z.string().max(LIMITS.url).nullish();

/**
 * The wire form. Structure only: an absent field, null and an empty text mean the same; rules across fields, times and
 * storable text are in parse-web-event.ts. Unknown top-level fields are allowed and kept.
 */
export const webEventWireSchema = z.object({
  event_id: z.string().min(1).max(LIMITS.eventId),
  event_timestamp: z.string().min(1).meta({ format: 'date-time' }),
  event_type: z.string().min(1).max(LIMITS.shortText),
  user_id: id,
  anonymous_id: id,
  session_id: id,
  page_url: url,
  product_id: id,
  order_id: id,
  device_type: shortText,
  search_query: z.string().max(LIMITS.searchQuery).nullish(),
  referrer: url,
  utm_source: mediumText,
  utm_medium: mediumText,
  utm_campaign: mediumText,
  country: shortText,
  properties: z.record(z.string(), z.unknown()).nullish(),
  source: z.string().regex(SOURCE_PATTERN).nullish(),
  schema_version: z.int().min(1).nullish(),
});

export type WebEventWire = z.output<typeof webEventWireSchema>;

/** A valid web event, normalised: ids cleaned, absent texts null, free-form parts as compact JSON text. */
export interface WebEvent {
  readonly source: string;
  /** `user_id`, else `anonymous_id`: whom unique users and sessions are counted by, and the message key. */
  readonly userKey: string;
  readonly eventId: string;
  readonly eventTimeMs: number;
  /** UTC day of the event time, `YYYY-MM-DD`; part of the event's identity. */
  readonly day: string;
  readonly eventType: string;
  readonly userId: string | null;
  readonly anonymousId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  readonly productId: string | null;
  readonly orderId: string | null;
  readonly deviceType: string | null;
  readonly searchQuery: string | null;
  readonly referrer: string | null;
  readonly utmSource: string | null;
  readonly utmMedium: string | null;
  readonly utmCampaign: string | null;
  readonly country: string | null;
  /** JSON text of an object. */
  readonly properties: string | null;
  /** JSON text of an object with the unknown top-level fields. */
  readonly extra: string | null;
  readonly schemaVersion: number;
}

/** A web event accepted from a topic. */
export type AcceptedWebEvent = WebEvent;
