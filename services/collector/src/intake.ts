import {
  checkEventTime,
  checkPurchaseTimes,
  type DeadLetterKind,
  type EventDigest,
  isJsonObject,
  parsePurchaseEvent,
  parseWebEvent,
  type Policy,
  purchaseEventDigest,
  purchaseMessageKey,
  type Rejection,
  webEventDigest,
  webMessageKey,
} from '@ebb/contracts';
import { err, ok, type Result, uuidV5 } from '@ebb/core';
import { UnreadableLine } from './body-parser.ts';

/** A valid event as it goes to its topic. */
export interface TakenEvent {
  /** Of its identity, for the receipt. */
  digest: EventDigest;
  messageKey: string;
  body: string;
}

export interface RejectedEvent {
  /** Position in the request. */
  index: number;
  rejection: Rejection;
  /** The event as it came, with the source and id it was given; null when it cannot be written as JSON. */
  payload: string | null;
  source: string;
}

export interface IntakeContext {
  kind: Extract<DeadLetterKind, 'website' | 'purchase'>;
  policy: Policy;
  nowMs: number;
  writeKeyId: string;
  /** Source of events that name none. */
  defaultSource: string;
  idempotencyKey: string | null;
}

export interface Intake {
  events: TakenEvent[];
  rejected: RejectedEvent[];
}

/** Namespace of event ids made from an Idempotency-Key. Never change it: repeats would get other ids. */
const EVENT_ID_NAMESPACE = '6a0e8f6e-3c55-5d0f-9d8e-0b8a4f2b7c11';

/**
 * The time rule is about the broker's clock. What is accepted here must be accepted there, so both ends are narrowed
 * by what clocks may differ and a produce may take.
 */
const CLOCK_MARGIN_MS = 60_000;
const FUTURE_MARGIN_MS = 10_000;

/** Sorts a request's values into events to produce and rejections. Pure but for completing the values in place. */
export function takeEvents(values: readonly unknown[], context: IntakeContext): Intake {
  const intake: Intake = { events: [], rejected: [] };
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    complete(value, index, context);
    const taken = readValue(value, context);
    if (taken.ok) intake.events.push(taken.value);
    else intake.rejected.push(describeRejected(value, index, taken.error, context));
  }
  return intake;
}

/** Fills in the key's source, and the id that an Idempotency-Key stands for, where the event has none. */
function complete(value: unknown, index: number, context: IntakeContext): void {
  if (!isJsonObject(value)) return;
  const event = value as Record<string, unknown>;
  event['source'] ??= context.defaultSource;
  if (context.idempotencyKey !== null && (event['event_id'] ?? '') === '') {
    event['event_id'] = uuidV5(EVENT_ID_NAMESPACE, `${context.writeKeyId}\n${context.idempotencyKey}\n${index}`);
  }
}

function readValue(value: unknown, context: IntakeContext): Result<TakenEvent, Rejection> {
  if (value instanceof UnreadableLine) {
    return err({ code: 'malformed_json', message: `the line is not JSON: ${value.reason}`, eventId: null });
  }
  return context.kind === 'website' ? readWebEvent(value, context) : readPurchaseEvent(value, context);
}

function readWebEvent(value: unknown, { policy, nowMs }: IntakeContext): Result<TakenEvent, Rejection> {
  const parsed = parseWebEvent(value, policy);
  if (!parsed.ok) return parsed;
  const event = parsed.value;
  const late =
    checkEventTime(event.eventTimeMs, nowMs - FUTURE_MARGIN_MS, policy, true) ??
    checkEventTime(event.eventTimeMs, nowMs + CLOCK_MARGIN_MS, policy, false);
  if (late !== null) return err({ ...late, eventId: event.eventId, path: 'event_timestamp' });
  // The event as it came: a normalised copy would cost as much as checking it, and consumers normalise anyway.
  return ok({ digest: webEventDigest(event), messageKey: webMessageKey(event), body: JSON.stringify(value) });
}

function readPurchaseEvent(value: unknown, { policy, nowMs }: IntakeContext): Result<TakenEvent, Rejection> {
  const parsed = parsePurchaseEvent(value);
  if (!parsed.ok) return parsed;
  const event = parsed.value;
  const late =
    checkPurchaseTimes(event, { timestampMs: nowMs - FUTURE_MARGIN_MS, headers: {} }, policy) ??
    checkPurchaseTimes(event, { timestampMs: nowMs + CLOCK_MARGIN_MS, headers: {} }, policy);
  if (late !== null) return err({ ...late, eventId: event.eventId });
  return ok({ digest: purchaseEventDigest(event), messageKey: purchaseMessageKey(event), body: event.document });
}

function describeRejected(value: unknown, index: number, rejection: Rejection, context: IntakeContext): RejectedEvent {
  const source = isJsonObject(value) && typeof value['source'] === 'string' ? value['source'] : context.defaultSource;
  return { index, rejection, payload: payloadText(value), source };
}

/** Values nested deeper than the stack cannot be written again. */
function payloadText(value: unknown): string | null {
  if (value instanceof UnreadableLine) return value.text;
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}
