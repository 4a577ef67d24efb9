import { Identity, type KeyValueStorage } from './identity.ts';
import { campaignOf, deviceTypeOf, type Fields, pageUrlOf, referrerOf } from './page-context.ts';
import { Sender, type SendReport, type TrackerEvent } from './sender.ts';
import { beaconEvents, type Endpoint, postEvents } from './transport.ts';

type Listener = (report: SendReport) => void;

export interface TrackerOptions extends Endpoint {
  flushDelayMs: number;
}

/** What pages call as `window.ebb`. */
export class Tracker {
  readonly #identity: Identity;
  readonly #sender: Sender;
  readonly #campaign: Fields;
  readonly #device: string;
  readonly #listeners: Listener[] = [];
  #lastPage: string | null = null;

  constructor(options: TrackerOptions) {
    this.#identity = new Identity({ storage: localStorageIfAllowed(), nowMs: () => Date.now(), newId });
    this.#campaign = campaignOf(location.href);
    this.#device = deviceTypeOf({ userAgent: navigator.userAgent, maxTouchPoints: navigator.maxTouchPoints });
    this.#sender = new Sender(
      {
        post: (events) => postEvents(options, events),
        beacon: (body) => beaconEvents(options, body),
        setTimer: (run, delayMs) => void setTimeout(run, delayMs),
        random: () => Math.random(),
        onReport: (report) => this.#report(report),
        onRefused: (status, message) => warn(`events refused (${status}): ${message}`),
      },
      { flushDelayMs: options.flushDelayMs },
    );
  }

  /** A page view; repeated calls on the same address count once, unless the page asks for more. */
  page(): void {
    const url = pageUrlOf(location.href);
    if (url === this.#lastPage) return;
    const referrer = this.#lastPage ?? document.referrer;
    this.#lastPage = url;
    this.track('page_view', referrerOf(referrer));
  }

  productView(productId: string): void {
    this.track('product_view', { product_id: productId });
  }

  addToCart(productId: string): void {
    this.track('add_to_cart', { product_id: productId });
  }

  search(query: string): void {
    this.track('search', { search_query: query });
  }

  /** Carries the anonymous id and the user id, which joins what came before to the user. */
  login(userId: string): void {
    this.identify(userId);
    this.track('login');
  }

  /** Sets the user of a page that is loaded while logged in; sends nothing. */
  identify(userId: string): void {
    this.#identity.userId = userId;
  }

  logout(): void {
    if (this.#identity.userId === null) return;
    this.track('logout');
    this.#identity.forgetUser();
  }

  checkoutSuccess(orderId: string): void {
    this.track('checkout_success', { order_id: orderId });
  }

  /** Any event type the collector knows, with any of its fields (`properties` for custom ones). */
  track(eventType: string, fields: Record<string, unknown> = {}): void {
    const event: TrackerEvent = {
      event_id: newId(),
      event_type: eventType,
      event_timestamp: new Date().toISOString(),
      anonymous_id: this.#identity.anonymousId,
      session_id: this.#identity.touchSession(),
      device_type: this.#device,
      page_url: pageUrlOf(location.href),
      ...this.#campaign,
      ...fields,
    };
    if (this.#identity.userId !== null) event['user_id'] = this.#identity.userId;
    this.#sender.add(event);
  }

  /** true: the visitor may be kept in local storage; false: forgets what was kept. */
  consent(given: boolean): void {
    this.#identity.setConsent(given);
  }

  get hasConsent(): boolean {
    return this.#identity.consent;
  }

  /** Calls back with every answer of the collector. */
  onSent(listener: Listener): void {
    this.#listeners.push(listener);
  }

  flush(): void {
    this.#sender.flush();
  }

  leave(): void {
    this.#sender.flushOnLeave();
  }

  #report(report: SendReport): void {
    for (const rejection of report.rejected) warn(`event rejected: ${rejection.code}: ${rejection.message}`);
    for (const listener of this.#listeners) listener(report);
  }
}

/** `crypto.randomUUID` exists on secure pages only. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Only touching `localStorage` throws where a browser forbids it. */
function localStorageIfAllowed(): KeyValueStorage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export function warn(message: string): void {
  // oxlint-disable-next-line no-console -- a page's developer reads this in the browser
  console.warn(`ebb: ${message}`);
}
