import { type DocumentKind, type OrderContribution, orderContribution, type OrderStatus } from '@ebb/contracts';
import { MINUTE_MS, type Money } from '@ebb/core';
import type { BusinessDayOf } from './windows.ts';

/** What of an order's state its KPIs depend on. */
export interface OrderFacts {
  readonly source: string;
  readonly currency: string;
  readonly kind: DocumentKind;
  readonly status: OrderStatus;
  readonly purchaseTimeMs: number;
  readonly totalAmount: Money;
  /** Item lines of positive quantity. */
  readonly productLines: number;
}

/** How an order changed; `before` is null for one that was not known. */
export interface OrderChange {
  readonly before: OrderFacts | null;
  readonly after: OrderFacts;
}

/** What changes of orders add to one window; sums may be negative, as an order leaves a window when it changes. */
export interface OrderWindow {
  readonly kind: 'minute' | 'day';
  /** Minutes (UTC) or business days since 1970-01-01. */
  readonly index: number;
  readonly source: string;
  readonly currency: string;
  orders: number;
  validOrders: number;
  gross: Money;
  validAmount: Money;
  productLines: number;
  credit: Money;
  adjustment: Money;
  creditNotes: number;
  adjustments: number;
}

/** Minutes (since 1970-01-01, UTC) the changes touch. */
export function touchedMinutes(changes: readonly OrderChange[]): number[] {
  return changes.flatMap(({ before, after }) => (before === null ? [after] : [before, after]).map(minuteOf));
}

/** The differences a set of changes makes: every old state is taken out of its windows, every new one put into its own. */
export function orderWindows(changes: readonly OrderChange[], businessDayOf: BusinessDayOf): OrderWindow[] {
  const windows = new Map<string, OrderWindow>();
  for (const { before, after } of changes) {
    if (before !== null) addFacts(windows, before, businessDayOf, -1);
    addFacts(windows, after, businessDayOf, 1);
  }
  return [...windows.values()].filter(hasDifference);
}

function addFacts(
  windows: Map<string, OrderWindow>,
  facts: OrderFacts,
  businessDayOf: BusinessDayOf,
  sign: 1 | -1,
): void {
  const minute = minuteOf(facts);
  const contribution = orderContribution({ ...facts, items: [] });
  const added = { ...contribution, productLines: facts.kind === 'order' ? facts.productLines : 0 };
  add(windowOf(windows, 'minute', minute, facts), facts.kind, added, sign);
  add(windowOf(windows, 'day', businessDayOf(minute), facts), facts.kind, added, sign);
}

function minuteOf(facts: OrderFacts): number {
  return Math.floor(facts.purchaseTimeMs / MINUTE_MS);
}

function windowOf(
  windows: Map<string, OrderWindow>,
  kind: 'minute' | 'day',
  index: number,
  { source, currency }: OrderFacts,
): OrderWindow {
  const key = `${kind}|${index}|${source}|${currency}`;
  let window = windows.get(key);
  if (window === undefined) {
    window = { kind, index, source, currency, ...NOTHING };
    windows.set(key, window);
  }
  return window;
}

const NOTHING = {
  orders: 0,
  validOrders: 0,
  gross: 0n,
  validAmount: 0n,
  productLines: 0,
  credit: 0n,
  adjustment: 0n,
  creditNotes: 0,
  adjustments: 0,
};

function add(window: OrderWindow, kind: DocumentKind, contribution: OrderContribution, sign: 1 | -1): void {
  const moneySign = BigInt(sign);
  window.orders += sign * contribution.orders;
  window.validOrders += sign * contribution.validOrders;
  window.gross += moneySign * contribution.gross;
  window.validAmount += moneySign * contribution.validAmount;
  window.productLines += sign * contribution.productLines;
  window.credit += moneySign * contribution.credit;
  window.adjustment += moneySign * contribution.adjustment;
  window.creditNotes += kind === 'credit_note' ? sign : 0;
  window.adjustments += kind === 'adjustment' ? sign : 0;
}

/** A status change that moves no figure must not raise the revision of a window. */
function hasDifference(window: OrderWindow): boolean {
  return (Object.keys(NOTHING) as (keyof typeof NOTHING)[]).some((sum) => BigInt(window[sum]) !== 0n);
}
