import type { Tracker } from '../tracker/tracker.ts';
import { Activity } from './activity.ts';
import { Cart } from './cart.ts';
import type { Product } from './catalogue.ts';
import { byId, element } from './elements.ts';
import { type Delivery, placeOrder, type PlacedOrder, sendOrder } from './orders.ts';
import { cartPage, checkoutPage, homePage, type Page, productPage, type ShopActions, thanksPage } from './pages.ts';

/**
 * The demo shop: one page that changes its address itself, as many shops do, so that the tracker's automatic page
 * views are exercised. Everything it counts goes through the tracker and the collector's public API.
 */
class Shop {
  readonly #main = byId('main', HTMLElement);
  readonly #status = byId('status', HTMLParagraphElement);
  readonly #activity = new Activity();
  readonly #cart = new Cart((count) => {
    byId('cart-count', HTMLSpanElement).textContent = String(count);
  });
  readonly #actions: ShopActions = {
    addToCart: (product) => this.#addToCart(product),
    setQuantity: (productId, quantity) => {
      this.#cart.set(productId, quantity);
      this.#show(cartPage(this.#cart, this.#actions));
    },
    checkOut: (delivery) => void this.#checkOut(delivery),
  };
  #tracker: Tracker | null = null;
  #writeKey: string | null = null;
  #userId: string | null = null;
  /** Kept until it is acknowledged, so that a second attempt is the same order. */
  #openOrder: PlacedOrder | null = null;

  async start(): Promise<void> {
    document.addEventListener('click', (event) => this.#followLink(event));
    addEventListener('popstate', () => this.#route());
    byId('search', HTMLFormElement).addEventListener('submit', (event) => this.#search(event));
    byId('account', HTMLButtonElement).addEventListener('click', () => this.#signInOrOut());
    const response = await fetch('/demo-shop/config.json').catch(() => null);
    const config = response === null ? null : ((await response.json()) as { writeKey: string | null });
    this.#writeKey = config?.writeKey ?? null;
    if (this.#writeKey === null) this.#explainMissingKey();
    else await this.#startTracker(this.#writeKey);
    this.#route();
  }

  async #startTracker(writeKey: string): Promise<void> {
    const script = element('script', { src: '/tracker.js', 'data-key': writeKey, 'data-flush-ms': '400' });
    await new Promise<void>((resolve) => {
      script.addEventListener('load', () => resolve());
      script.addEventListener('error', () => resolve());
      document.head.append(script);
    });
    const tracker = window.ebb;
    if (tracker === undefined || Array.isArray(tracker)) return;
    this.#tracker = tracker;
    this.#activity.waiting();
    tracker.onSent((report) => this.#activity.report(report));
    const consent = byId('consent', HTMLInputElement);
    consent.checked = tracker.hasConsent;
    consent.addEventListener('change', () => tracker.consent(consent.checked));
  }

  #explainMissingKey(): void {
    this.#activity.unavailable(
      'This shop has no write key, so nothing is sent. Make one with ',
      element('code', {}, 'ebb keys create demo-shop'),
      ' and start the collector with it in ',
      element('code', {}, 'EBB_DEMO_SHOP_KEY'),
      '.',
    );
  }

  #followLink(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = event.target instanceof Element ? event.target.closest('a[data-link]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    this.#goTo(link.pathname + link.search);
  }

  #goTo(address: string): void {
    history.pushState(null, '', address);
    this.#route();
    scrollTo(0, 0);
    this.#main.focus({ preventScroll: true });
  }

  #route(): void {
    const { pathname, search } = location;
    const productId = /^\/demo-shop\/product\/([^/]+)$/.exec(pathname)?.[1];
    this.#status.textContent = '';
    if (productId !== undefined) {
      const page = productPage(decodeURIComponent(productId), this.#actions);
      this.#tracker?.productView(decodeURIComponent(productId));
      this.#show(page);
    } else if (pathname === '/demo-shop/cart') this.#show(cartPage(this.#cart, this.#actions));
    else if (pathname === '/demo-shop/checkout') this.#show(checkoutPage(this.#cart, this.#actions));
    else this.#show(homePage(new URLSearchParams(search).get('q') ?? '', this.#actions));
  }

  #show(page: Page): void {
    document.title = `${page.title} · Tidewater Goods`;
    this.#main.replaceChildren(element('h1', {}, page.title), ...page.content);
  }

  #addToCart(product: Product): void {
    this.#cart.add(product.id);
    this.#openOrder = null;
    this.#tracker?.addToCart(product.id);
    this.#status.textContent = `${product.name} is in your cart.`;
  }

  #search(event: SubmitEvent): void {
    event.preventDefault();
    const query = byId('query', HTMLInputElement).value.trim();
    if (query === '') return;
    this.#goTo(`/demo-shop?q=${encodeURIComponent(query)}`);
    this.#tracker?.search(query);
  }

  #signInOrOut(): void {
    const account = byId('account', HTMLButtonElement);
    if (this.#userId === null) {
      this.#userId = `demo-${Math.random().toString(36).slice(2, 8)}`;
      this.#tracker?.login(this.#userId);
      account.textContent = 'Sign out';
      this.#status.textContent = `You are signed in as ${this.#userId}.`;
    } else {
      this.#tracker?.logout();
      this.#userId = null;
      account.textContent = 'Sign in';
      this.#status.textContent = 'You are signed out.';
    }
  }

  async #checkOut(delivery: Delivery): Promise<void> {
    if (this.#writeKey === null) {
      this.#status.textContent = 'Orders need a write key; see the note about what the collector received.';
      return;
    }
    this.#openOrder ??= placeOrder(this.#cart, delivery, this.#userId);
    const order = this.#openOrder;
    try {
      await sendOrder(order, this.#writeKey);
    } catch (error) {
      this.#status.textContent = error instanceof Error ? error.message : String(error);
      return;
    }
    this.#openOrder = null;
    this.#activity.received('purchase');
    this.#tracker?.checkoutSuccess(order.orderId);
    this.#cart.clear();
    this.#status.textContent = '';
    this.#show(thanksPage(order.orderId));
    this.#main.focus({ preventScroll: true });
  }
}

void new Shop().start();
