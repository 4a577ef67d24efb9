import { DAY_MS, MINUTE_MS } from '@ebb/core';
import type { WebRow } from './types.ts';

export const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;
/** `minute` of a window that is a whole business day: after the minutes of the UTC day of the same date. */
export const DAY_WINDOW = MINUTES_PER_DAY;

/** Business day (days since 1970-01-01) of a UTC minute (minutes since then). */
export type BusinessDayOf = (minuteIndex: number) => number;

/** What a batch adds to one window: a UTC minute (`day` UTC, `minute` of the day) or a business day. */
export interface WebWindow {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly minute: number;
  readonly source: string;
  events: number;
  pageViews: number;
  productClicks: number;
  users: number;
  sessions: number;
}

/** The number of a window, as kpi.window_number has it. */
export function windowNumber(day: number, minute: number): number {
  return (day + 1) * (MINUTES_PER_DAY + 1) + minute;
}

/** The windows a batch touches. */
export class WebWindows {
  readonly #bySource = new Map<string, Map<number, WebWindow>>();
  /** Most events share source and minute with the one before. */
  #lastMinute = Number.NaN;
  #lastSource = '';
  #minuteWindow: WebWindow | undefined;
  #dayWindow: WebWindow | undefined;

  add(row: WebRow, businessDayOf: BusinessDayOf): void {
    const { source, eventTimeMs, eventType } = row.event;
    const minuteIndex = Math.floor(eventTimeMs / MINUTE_MS);
    if (minuteIndex !== this.#lastMinute || source !== this.#lastSource) {
      this.#lastMinute = minuteIndex;
      this.#lastSource = source;
      this.#minuteWindow = this.#minute(source, minuteIndex);
      this.#dayWindow = this.window(businessDayOf(minuteIndex), DAY_WINDOW, source);
    }
    count(this.#minuteWindow, eventType);
    count(this.#dayWindow, eventType);
  }

  window(day: number, minute: number, source: string): WebWindow {
    let windows = this.#bySource.get(source);
    if (windows === undefined) this.#bySource.set(source, (windows = new Map()));
    const key = windowNumber(day, minute);
    let window = windows.get(key);
    if (window === undefined) {
      window = { day, minute, source, events: 0, pageViews: 0, productClicks: 0, users: 0, sessions: 0 };
      windows.set(key, window);
    }
    return window;
  }

  all(): WebWindow[] {
    return [...this.#bySource.values()].flatMap((windows) => [...windows.values()]);
  }

  #minute(source: string, minuteIndex: number): WebWindow {
    const day = Math.floor(minuteIndex / MINUTES_PER_DAY);
    return this.window(day, minuteIndex - day * MINUTES_PER_DAY, source);
  }
}

function count(window: WebWindow | undefined, eventType: string): void {
  if (window === undefined) return;
  window.events += 1;
  if (eventType === 'page_view') window.pageViews += 1;
  else if (eventType === 'product_view') window.productClicks += 1;
}
