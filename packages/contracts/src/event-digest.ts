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
