import { checkEventTime } from './event-time.ts';
import { readMessageBody, type JsonObject } from './message-body.ts';
import { parsePurchaseEvent } from './parse-purchase-event.ts';
import { parseWebEvent } from './parse-web-event.ts';
import type { MessageHeaders, Policy, PolicyBook } from './policy.ts';
import type { PurchaseEvent } from './purchase-event.ts';
import { type Rejection, showValue, withEventId } from './rejection.ts';
import type { WebEventScanner } from './scan/web-event-scanner.ts';
import { HEADERS, REPLAY_HEADER_VALUE } from './topics.ts';
import type { WebEvent } from './web-event.ts';

/** A message as read from a topic; the timestamp is the broker's (LogAppendTime). */
export interface EventMessage {
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: MessageHeaders;
}

export type Acceptance<E> =
  { readonly kind: 'accepted'; readonly event: E } | { readonly kind: 'dead'; readonly rejection: Rejection };

/**
 * Decides whether a message of `website_events` counts. A pure function of the message, its Kafka time and the policy,
 * so every consumer decides alike; it never throws.
 */
export function acceptWebMessage(message: EventMessage, book: PolicyBook): Acceptance<WebEvent> {
  const opened = openMessage(message, book);
  if (opened.rejection !== null) return dead(opened.rejection);
  const parsed = parseWebEvent(opened.value, opened.policy);
  if (!parsed.ok) return dead(parsed.error);
  const event = parsed.value;
  const late = checkEventTime(event.eventTimeMs, message.timestampMs, opened.policy, isReplay(message.headers));
  return late === null
    ? { kind: 'accepted', event }
    : dead({ ...late, eventId: event.eventId, path: 'event_timestamp' });
}

/**
 * Whether a message of `website_events` is of the usual form and counts; the scanner then holds its event. No means only
 * that `acceptWebMessage` has to decide.
 */
export function scanWebMessage(scanner: WebEventScanner, message: EventMessage, book: PolicyBook): boolean {
  const { value, timestampMs, headers } = message;
  const policy = book.forMessage(headers, timestampMs);
  if (value === null || policy === undefined || !scanner.scan(value)) return false;
  return checkEventTime(scanner.eventTimeMs, timestampMs, policy, isReplay(headers)) === null;
}

/**
 * Decides whether a message of `purchase_events` counts. The time rule applies to the status time, which is when the
 * event happened; the purchase time may be any time back, since an order of last year may still be returned, but not ahead.
 */
export function acceptPurchaseMessage(message: EventMessage, book: PolicyBook): Acceptance<PurchaseEvent> {
  const opened = openMessage(message, book);
  if (opened.rejection !== null) return dead(opened.rejection);
  const parsed = parsePurchaseEvent(opened.value);
  if (!parsed.ok) return dead(parsed.error);
  const event = parsed.value;
  const rejection = checkPurchaseTimes(event, message, opened.policy);
  return rejection === null ? { kind: 'accepted', event } : dead({ ...rejection, eventId: event.eventId });
}

/** The time rule for purchases, at a given Kafka time; senders use their own clock to tell a caller early. */
export function checkPurchaseTimes(
  event: Pick<PurchaseEvent, 'purchaseTimeMs' | 'statusTimeMs'>,
  message: Pick<EventMessage, 'timestampMs' | 'headers'>,
  policy: Policy,
): Rejection | null {
  const status = checkEventTime(event.statusTimeMs, message.timestampMs, policy, isReplay(message.headers));
  if (status !== null) return { ...status, path: 'status_time' };
  const purchase = checkEventTime(event.purchaseTimeMs, message.timestampMs, policy, true);
  return purchase === null ? null : { ...purchase, path: 'purchase_time' };
}

export function isReplay(headers: MessageHeaders): boolean {
  return headers[HEADERS.replay] === REPLAY_HEADER_VALUE;
}

type Opened =
  { readonly value: JsonObject; readonly policy: Policy; readonly rejection: null } | { readonly rejection: Rejection };

function openMessage(message: EventMessage, book: PolicyBook): Opened {
  const body = readMessageBody(message.value);
  if (!body.ok) return { rejection: body.error };
  const policy = book.forMessage(message.headers, message.timestampMs);
  if (policy !== undefined) return { value: body.value, policy, rejection: null };
  const shown = showValue(message.headers[HEADERS.policy]);
  const rejection: Rejection = { code: 'unknown_policy', message: `no policy version ${shown}`, eventId: null };
  return { rejection: withEventId(rejection, body.value) };
}

function dead<E>(rejection: Rejection): Acceptance<E> {
  return { kind: 'dead', rejection };
}
