import { DEFAULT_SOURCE, WEB_EVENT_SCHEMA_VERSION } from '@ebb/contracts';
import { CATALOGUE, pickPage, searchQuery, SHOP_ORIGIN } from './catalogue.ts';
import type { SimMessage } from './message.ts';
import { type SessionPlan, STEP, STEP_NAMES } from './session-plan.ts';
import type { Ids } from './ids.ts';
import type { SeededRandom } from '@ebb/core';

export interface Visitor {
  index: number;
  userId: string;
  anonymousId: string;
  device: string;
  country: string;
  /** Where the visit came from, as JSON fields of its first event; may be empty. */
  origin: string;
}

/** A visit under way: writes one event after the other. */
export class Session {
  readonly visitor: Visitor;
  readonly plan: SessionPlan;
  readonly #sessionId: string;
  /** Fields that every event of the visit ends with. */
  readonly #tail: string;
  #at = 0;
  /** A visit with a login is anonymous until then. */
  #isKnown: boolean;

  constructor(visitor: Visitor, plan: SessionPlan, sessionId: string) {
    this.visitor = visitor;
    this.plan = plan;
    this.#sessionId = sessionId;
    this.#isKnown = !plan.steps.includes(STEP.login);
    this.#tail =
      `"session_id":"${sessionId}","device_type":"${visitor.device}","country":"${visitor.country}",` +
      `"source":"${DEFAULT_SOURCE}","schema_version":${WEB_EVENT_SCHEMA_VERSION}}`;
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  get isOver(): boolean {
    return this.#at >= this.plan.steps.length;
  }

  get nextIsCheckout(): boolean {
    return this.plan.steps[this.#at] === STEP.checkout;
  }

  /** Moves on without writing: for what happened before the recording began. */
  skip(): void {
    if (this.plan.steps[this.#at] === STEP.login) this.#isKnown = true;
    this.#at += 1;
  }

  /** The next event. `orderId` is the order that a checkout led to. */
  next(timeMs: number, ids: Ids, random: SeededRandom, orderId: string): SimMessage {
    const step = this.plan.steps[this.#at] ?? STEP.pageView;
    const product = CATALOGUE[this.plan.products[this.#at] ?? 0]?.id ?? '';
    const origin = this.#at === 0 ? this.visitor.origin : '';
    this.skip();
    const eventId = ids.next(timeMs);
    const user = this.#isKnown ? `"user_id":"${this.visitor.userId}",` : '';
    const value =
      `{"event_id":"${eventId}","event_timestamp":"${ids.timestamp(timeMs)}","event_type":"${STEP_NAMES[step] ?? ''}",` +
      `${user}"anonymous_id":"${this.visitor.anonymousId}",${fieldsOf(step, product, random, orderId)}${origin}${this.#tail}`;
    const key = this.#isKnown ? this.visitor.userId : this.visitor.anonymousId;
    return { stream: 'web', timeMs, key, value, eventId };
  }
}

/** The fields that the type of event demands, and no others. */
function fieldsOf(step: number, product: string, random: SeededRandom, orderId: string): string {
  switch (step) {
    case STEP.pageView:
      return `"page_url":"${pickPage(random)}",`;
    case STEP.productView:
      return `"page_url":"${SHOP_ORIGIN}/products/${product}","product_id":"${product}",`;
    case STEP.addToCart:
      return `"product_id":"${product}",`;
    case STEP.search:
      return `"search_query":"${searchQuery(random)}",`;
    case STEP.checkout:
      return `"order_id":"${orderId}",`;
    default:
      return '';
  }
}
