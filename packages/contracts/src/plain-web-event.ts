import { LIMITS, SOURCE_PATTERN } from './limits.ts';
import { isJsonObject, type JsonObject } from './message-body.ts';
import { isStorableText } from './text.ts';
import type { WebEventWire } from './web-event.ts';

/**
 * Whether a value is an event as nearly all are: valid by webEventWireSchema, with storable texts. Saying no costs
 * nothing but time, since the schema then decides; saying yes wrongly would let an invalid event in, so
 * plain-web-event.test.ts compares both. Twice as fast as the schema, on the path that every event takes.
 */
export function isPlainWebEvent(value: JsonObject): value is JsonObject & WebEventWire {
  return (
    isRequiredText(value['event_id'], LIMITS.eventId) &&
    isRequiredText(value['event_timestamp'], Infinity) &&
    isRequiredText(value['event_type'], LIMITS.shortText) &&
    isOptionalText(value['user_id'], LIMITS.id) &&
    isOptionalText(value['anonymous_id'], LIMITS.id) &&
    isOptionalText(value['session_id'], LIMITS.id) &&
    isOptionalText(value['page_url'], LIMITS.url) &&
    isOptionalText(value['product_id'], LIMITS.id) &&
    isOptionalText(value['order_id'], LIMITS.id) &&
    isOptionalText(value['device_type'], LIMITS.shortText) &&
    isOptionalText(value['search_query'], LIMITS.searchQuery) &&
    isOptionalText(value['referrer'], LIMITS.url) &&
    isOptionalText(value['utm_source'], LIMITS.mediumText) &&
    isOptionalText(value['utm_medium'], LIMITS.mediumText) &&
    isOptionalText(value['utm_campaign'], LIMITS.mediumText) &&
    isOptionalText(value['country'], LIMITS.shortText) &&
    isOptionalObject(value['properties']) &&
    isOptionalSource(value['source']) &&
    isOptionalVersion(value['schema_version'])
  );
}

function isRequiredText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength && isStorableText(value);
}

function isOptionalText(value: unknown, maxLength: number): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'string' && value.length <= maxLength && isStorableText(value);
}

function isOptionalObject(value: unknown): boolean {
  return value === undefined || value === null || isJsonObject(value);
}

function isOptionalSource(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && SOURCE_PATTERN.test(value));
}

function isOptionalVersion(value: unknown): boolean {
  return value === undefined || value === null || (Number.isSafeInteger(value) && (value as number) >= 1);
}
