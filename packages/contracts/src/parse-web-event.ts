import { ok, type Result, utcDay } from '@ebb/core';
import { checkCustomProperties } from './custom-type.ts';
import { encodeExtra, encodeProperties } from './free-form.ts';
import { DEFAULT_SOURCE } from './limits.ts';
import { isJsonObject, type JsonObject } from './message-body.ts';
import { isPlainWebEvent } from './plain-web-event.ts';
import type { Policy } from './policy.ts';
import { reject, type Rejection, showValue, withEventId } from './rejection.ts';
import { isStorableText, normaliseId } from './text.ts';
import { parseTimestamp } from './timestamp.ts';
import { WEB_EVENT_SCHEMA_VERSION, type WebEvent, type WebEventWire, webEventWireSchema } from './web-event.ts';
import { WEB_EVENT_RULES } from './web-event-rules.ts';
import { rejectIssue } from './zod-rejection.ts';

const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(webEventWireSchema.shape));

const TEXT_FIELDS = [
  'event_id',
  'user_id',
  'anonymous_id',
  'session_id',
  'page_url',
  'product_id',
  'order_id',
  'device_type',
  'search_query',
  'referrer',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'country',
] as const;

/**
 * Reads one web event from a JSON value, by everything but the time rule (checkEventTime), which needs the broker's
 * clock. Total and pure: any value gives an event or a rejection.
 */
export function parseWebEvent(value: unknown, policy: Policy): Result<WebEvent, Rejection> {
  const result = isJsonObject(value)
    ? readFields(value, policy)
    : reject('not_an_object', `expected one JSON object, got ${showValue(value)}`);
  return result.ok ? result : { ok: false, error: withEventId(result.error, value) };
}

function readFields(value: JsonObject, policy: Policy): Result<WebEvent, Rejection> {
  const version = value['schema_version'];
  if (typeof version === 'number' && version > WEB_EVENT_SCHEMA_VERSION) {
    return reject('unknown_schema_version', `version ${version}, known up to ${WEB_EVENT_SCHEMA_VERSION}`);
  }
  const checked = isPlainWebEvent(value) ? ok(value) : readWire(value);
  if (!checked.ok) return checked;
  const wire = checked.value;
  const eventTimeMs = parseTimestamp(wire.event_timestamp);
  if (eventTimeMs === null) {
    const shown = showValue(wire.event_timestamp);
    return reject('invalid_timestamp', `event_timestamp is ${shown}, expected ISO 8601 with zone`, 'event_timestamp');
  }
  const wrong = findBrokenRule(wire, policy);
  if (wrong !== null) return wrong;
  const properties = encodeProperties(wire.properties ?? null);
  if (!properties.ok) return properties;
  const extra = encodeExtra(value, KNOWN_FIELDS);
  if (!extra.ok) return extra;
  return ok(toWebEvent(wire, eventTimeMs, properties.value, extra.value));
}

/** Reads the fields by the schema. The value is given back as sent: the schema's copy of it differs in odd keys. */
function readWire(value: JsonObject): Result<WebEventWire, Rejection> {
  const parsed = webEventWireSchema.safeParse(value);
  if (!parsed.success) return rejectIssue(parsed.error, value);
  const wire = value as JsonObject & WebEventWire;
  return findUnstorableField(wire) ?? ok(wire);
}

function findUnstorableField(wire: WebEventWire): Result<never, Rejection> | null {
  for (const field of TEXT_FIELDS) {
    const text = wire[field];
    if (typeof text === 'string' && !isStorableText(text)) {
      return reject('invalid_text', `${field} holds NUL or half a surrogate pair`, field);
    }
  }
  return null;
}

/** The rules across fields: somebody is named, the type is known, and what the type demands is there. */
function findBrokenRule(wire: WebEventWire, policy: Policy): Result<never, Rejection> | null {
  if (isAbsent(wire.user_id) && isAbsent(wire.anonymous_id)) {
    return reject('missing_field', 'user_id or anonymous_id is required', 'user_id');
  }
  const type = wire.event_type;
  if (Object.hasOwn(WEB_EVENT_RULES, type)) return findMissingField(wire, WEB_EVENT_RULES[type as BuiltIn]);
  const customType = Object.hasOwn(policy.customTypes, type) ? policy.customTypes[type] : undefined;
  if (customType === undefined) {
    return reject(
      'unknown_event_type',
      `event_type is ${showValue(type)}, not in policy ${policy.version}`,
      'event_type',
    );
  }
  const problem = checkCustomProperties(customType, wire.properties ?? null);
  return problem === null ? null : reject('invalid_properties', problem, 'properties');
}

type BuiltIn = keyof typeof WEB_EVENT_RULES;

function findMissingField(
  wire: WebEventWire,
  required: readonly (keyof WebEventWire)[],
): Result<never, Rejection> | null {
  for (const field of required) {
    if (isAbsent(wire[field])) return reject('missing_field', `${field} is required for ${wire.event_type}`, field);
  }
  return null;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function toWebEvent(
  wire: WebEventWire,
  eventTimeMs: number,
  properties: string | null,
  extra: string | null,
): WebEvent {
  const userId = idOrNull(wire.user_id);
  const anonymousId = idOrNull(wire.anonymous_id);
  return {
    source: wire.source ?? DEFAULT_SOURCE,
    userKey: userId ?? anonymousId ?? '',
    eventId: wire.event_id,
    eventTimeMs,
    day: cachedUtcDay(eventTimeMs),
    eventType: wire.event_type,
    userId,
    anonymousId,
    sessionId: textOrNull(wire.session_id),
    pageUrl: textOrNull(wire.page_url),
    productId: idOrNull(wire.product_id),
    orderId: idOrNull(wire.order_id),
    deviceType: textOrNull(wire.device_type),
    searchQuery: textOrNull(wire.search_query),
    referrer: textOrNull(wire.referrer),
    utmSource: textOrNull(wire.utm_source),
    utmMedium: textOrNull(wire.utm_medium),
    utmCampaign: textOrNull(wire.utm_campaign),
    country: textOrNull(wire.country),
    properties,
    extra,
    schemaVersion: wire.schema_version ?? 1,
  };
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function idOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : normaliseId(text);
}

const DAY_MS = 86_400_000;
let cachedDayNumber = Number.NaN;
let cachedDay = '';

/** Nearly all events of a moment share their day; making the text anew for each cost a tenth of the whole parse. */
function cachedUtcDay(timeMs: number): string {
  const dayNumber = Math.floor(timeMs / DAY_MS);
  if (dayNumber !== cachedDayNumber) {
    cachedDayNumber = dayNumber;
    cachedDay = utcDay(timeMs);
  }
  return cachedDay;
}
