import { Tracker, warn } from './tracker.ts';

/**
 * Entry of tracker.js: reads its own script tag, `<script src="https://collector/tracker.js" data-key="…" defer>`,
 * and puts the tracker at `window.ebb`. Calls made before it was there wait in an array: `(ebb = window.ebb || [])
 * .push(['productView', 'p-1'])`.
 */

const DEFAULT_FLUSH_MS = 1_000;

function start(script: HTMLOrSVGScriptElement | null): void {
  if (!(script instanceof HTMLScriptElement)) {
    warn('tracker.js must be loaded by a <script src> tag that is no module');
    return;
  }
  const { key, endpoint, auto, flushMs } = script.dataset;
  if (key === undefined || key === '') {
    warn('the script tag needs data-key="<write key>"');
    return;
  }
  const waiting = Array.isArray(window.ebb) ? window.ebb : [];
  const tracker = new Tracker({
    writeKey: key,
    url: (endpoint ?? new URL(script.src).origin).replace(/\/+$/, ''),
    flushDelayMs: Number(flushMs ?? DEFAULT_FLUSH_MS) || DEFAULT_FLUSH_MS,
  });
  window.ebb = tracker;
  if (auto !== 'off') watchPages(tracker);
  watchLeaving(tracker);
  for (const call of waiting) replay(tracker, call);
  dispatchEvent(new CustomEvent('ebb:ready'));
}

function replay(tracker: Tracker, call: unknown[]): void {
  const [name, ...args] = call;
  const method: unknown = Reflect.get(tracker, String(name));
  if (typeof method === 'function') Reflect.apply(method, tracker, args);
  else warn(`no method ${String(name)}`);
}

/** A page that is only rendered ahead has not been viewed yet. */
function watchPages(tracker: Tracker): void {
  const view = (): void => tracker.page();
  if (Reflect.get(document, 'prerendering') === true) {
    document.addEventListener('prerenderingchange', view, { once: true });
  } else {
    view();
  }
  for (const name of ['pushState', 'replaceState'] as const) wrapHistory(name, view);
  addEventListener('popstate', view);
}

/** Pages that change their address themselves raise no event; the calls they make are the only sign. */
function wrapHistory(name: 'pushState' | 'replaceState', after: () => void): void {
  const original = history[name].bind(history);
  history[name] = (data: unknown, unused: string, url?: string | URL | null): void => {
    original(data, unused, url);
    after();
  };
}

function watchLeaving(tracker: Tracker): void {
  addEventListener('pagehide', () => tracker.leave());
  addEventListener('pageshow', (event) => {
    if (event.persisted) tracker.flush();
  });
  // Phones often end a hidden page without a pagehide.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') tracker.flush();
  });
  addEventListener('online', () => tracker.flush());
}

start(document.currentScript);
