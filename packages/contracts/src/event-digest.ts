import { hash } from 'node:crypto';
import type { PurchaseEvent } from './purchase-event.ts';
import type { WebEvent } from './web-event.ts';

/** The first 128 bits of the SHA-256 of an event's identity, as four signed 32-bit words. */
export interface EventDigest {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Identity of a web event: source, UTC day, user key and event id. Never change it: stored keys are made of it. */
export function webEventDigest({
  source,
  day,
  userKey,
  eventId,
}: Pick<WebEvent, 'source' | 'day' | 'userKey' | 'eventId'>): EventDigest {
  // The length keeps a user's end from being taken for the beginning of an id.
  return digestWords(`${source}|${day}|${userKey.length}|${userKey}${eventId}`);
}

/** Identity of a purchase event: source, order and event id. */
export function purchaseEventDigest({
  source,
  orderId,
  eventId,
}: Pick<PurchaseEvent, 'source' | 'orderId' | 'eventId'>): EventDigest {
  return digestWords(`${source}|${orderId.length}|${orderId}${eventId}`);
}

function digestWords(text: string): EventDigest {
  // One character per byte: a Buffer takes four times as long to make.
  const digest = hash('sha256', text, 'binary');
  return { a: wordAt(digest, 0), b: wordAt(digest, 4), c: wordAt(digest, 8), d: wordAt(digest, 12) };
}

function wordAt(digest: string, at: number): number {
  return (
    (digest.charCodeAt(at) << 24) |
    (digest.charCodeAt(at + 1) << 16) |
    (digest.charCodeAt(at + 2) << 8) |
    digest.charCodeAt(at + 3)
  );
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

/**
 * The key of stream.web_events as the aggregator writes it: the digest, its first 48 bits replaced by the time in front of
 * a UUIDv7. `eventId` is that of the digest.
 */
export function webEventIdentity({ a, b, c, d }: EventDigest, eventId: string): string {
  const hex = [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  const [, high, low] = eventId.length === 36 ? (UUID_V7.exec(eventId) ?? []) : [];
  const text = high === undefined || low === undefined ? hex : high + low + hex.slice(12);
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
