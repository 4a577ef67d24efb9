import type { LiveDelta, LiveSnapshot, OrderMinutes, WebMinutes } from './api-types.ts';

type Columns = { minute: number[] } & Record<string, (number | string)[]>;

/** The snapshot after a delta: totals replaced, changed minutes put in their place. Neither argument is changed. */
export function applyDelta(snapshot: LiveSnapshot, delta: LiveDelta): LiveSnapshot {
  return {
    ...snapshot,
    ...delta,
    webMinutes: mergeMinutes(snapshot.webMinutes, delta.webMinutes),
    orderMinutes: mergeMinutes(snapshot.orderMinutes, delta.orderMinutes),
  };
}

/** Merges ascending column sets; where both have a minute, the change wins. */
export function mergeMinutes<T extends WebMinutes | OrderMinutes>(base: T, change: T): T {
  if (change.minute.length === 0) return base;
  const from = base as unknown as Columns;
  const to = change as unknown as Columns;
  const names = Object.keys(from);
  const merged = Object.fromEntries(names.map((name) => [name, [] as (number | string)[]])) as Columns;
  const take = (columns: Columns, index: number): void => {
    for (const name of names) merged[name]?.push(columns[name]?.[index] ?? 0);
  };
  let left = 0;
  let right = 0;
  while (left < from.minute.length || right < to.minute.length) {
    const leftMinute = from.minute[left] ?? Infinity;
    const rightMinute = to.minute[right] ?? Infinity;
    if (leftMinute < rightMinute) take(from, left++);
    else take(to, right++);
    if (leftMinute === rightMinute) left++;
  }
  return merged as unknown as T;
}

export interface TimeRange {
  /** First and one past the last minute, in whole seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** What a chart spans: the whole day, or the last `minutes` up to now (or up to the day's end once it is over). */
export function timeRange(snapshot: LiveSnapshot, minutes: number | null, nowMs: number): TimeRange {
  const dayStart = Date.parse(snapshot.dayStart) / 1000;
  const dayEnd = Date.parse(snapshot.dayEnd) / 1000;
  if (minutes === null) return { from: dayStart, to: dayEnd };
  const end = Math.max(dayStart + 60, Math.min(dayEnd, endOfData(nowMs)));
  return { from: Math.max(dayStart, end - minutes * 60), to: end };
}

/** End of the minute that is running now. */
export function endOfData(nowMs: number): number {
  return (Math.floor(nowMs / 60_000) + 1) * 60;
}

/**
 * One value per minute of the range, up to the running one: a minute without a row had no events, so it is 0; minutes
 * to come have no point at all.
 */
export function fillMinutes(
  columns: { minute: number[] },
  values: readonly (readonly number[])[],
  range: TimeRange,
  endSeconds: number,
): { minutes: number[]; values: number[][] } {
  const count = Math.max(0, Math.ceil((Math.min(range.to, endSeconds) - range.from) / 60));
  const filled = values.map(() => Array.from<number>({ length: count }).fill(0));
  columns.minute.forEach((minute, row) => {
    const slot = (minute - range.from) / 60;
    if (slot < 0 || slot >= count) return;
    values.forEach((column, index) => {
      const target = filled[index];
      if (target !== undefined) target[slot] = column[row] ?? 0;
    });
  });
  return { minutes: Array.from({ length: count }, (_, index) => range.from + index * 60), values: filled };
}

/** Whether the day has any figure yet. */
export function isEmpty(snapshot: LiveSnapshot): boolean {
  return snapshot.webMinutes.minute.length === 0 && snapshot.orderMinutes.minute.length === 0;
}
