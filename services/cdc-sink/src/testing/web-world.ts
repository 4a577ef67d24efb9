import { encodeWebEvent } from '@ebb/contracts';
import { SeededRandom } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';
import type { TestClickhouse } from '@ebb/testing';

/** What ClickHouse must hold of one event. */
export interface ExpectedEvent {
  readonly user_key: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly page_url: string | null;
  readonly product_id: string | null;
  readonly session_id: string | null;
  readonly is_identified: boolean;
  /** As Postgres' jsonb prints it. */
  readonly properties: string | null;
}

/**
 * Web events of few users as senders make them: one in six is sent again later, with another page; one in fifteen is
 * damaged. Keeps what must be stored in the end: of every identity the event that was sent first.
 */
export class WebWorld {
  readonly #random: SeededRandom;
  readonly #expected = new Map<string, ExpectedEvent>();
  readonly #sent: { eventId: string; user: string; eventTimeMs: number }[] = [];

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  get size(): number {
    return this.#expected.size;
  }

  /** By identity. */
  get expected(): ExpectedEvent[] {
    return [...this.#expected.values()].toSorted(byIdentity);
  }

  next(count: number): OutgoingMessage[] {
    return Array.from({ length: count }, () => this.#message());
  }

  #message(): OutgoingMessage {
    const random = this.#random;
    const again = random.bool(1 / 6) ? this.#sent[random.int(this.#sent.length || 1)] : undefined;
    const event = again ?? {
      eventId: `event-${this.#sent.length}`,
      user: `user-${random.int(40)}`,
      eventTimeMs: Date.now() - random.int(3_600_000),
    };
    if (random.bool(1 / 15)) return { key: event.user, value: random.pick(['{', '', '[]', '{"event_id":"x"}']) };
    const isIdentified = event.user.endsWith('1');
    const pageUrl = random.bool(0.8) ? `/page/${random.int(1_000)}` : null;
    const eventType = pageUrl === null ? 'login' : 'page_view';
    const productId = random.bool(0.3) ? `Möbel ${random.int(50)} €` : null;
    const sessionId = random.bool(0.5) ? `session-${random.int(100)}` : null;
    const colour = random.bool(0.4) ? random.pick(['red', 'blau', 'grün']) : null;
    const value = encodeWebEvent({
      eventId: event.eventId,
      eventTimeMs: event.eventTimeMs,
      eventType,
      pageUrl,
      productId,
      sessionId,
      ...(colour === null ? {} : { properties: JSON.stringify({ size: 2.5, colour }) }),
      ...(isIdentified || eventType === 'login' ? { userId: event.user } : { anonymousId: event.user }),
    });
    if (again === undefined) this.#sent.push(event);
    if (!this.#expected.has(event.eventId)) {
      this.#expected.set(event.eventId, {
        user_key: event.user,
        event_id: event.eventId,
        event_type: eventType,
        page_url: pageUrl,
        product_id: productId,
        session_id: sessionId,
        is_identified: isIdentified || eventType === 'login',
        properties: colour === null ? null : `{"size": 2.5, "colour": "${colour}"}`,
      });
    }
    return { key: event.user, value };
  }
}

/** What is stored, in the order of `WebWorld.expected`. */
export async function storedEvents({ clickhouse }: TestClickhouse): Promise<ExpectedEvent[]> {
  const rows = await clickhouse.query<ExpectedEvent>(
    `SELECT user_key, event_id, event_type, page_url, product_id, session_id, is_identified, properties
     FROM raw.web_events_current`,
  );
  return rows.toSorted(byIdentity);
}

function byIdentity(a: ExpectedEvent, b: ExpectedEvent): number {
  return a.event_id < b.event_id ? -1 : 1;
}
