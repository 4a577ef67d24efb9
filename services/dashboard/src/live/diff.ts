import type { LiveDelta, LiveSnapshot, OrderMinutes, WebMinutes } from '../api/live-schema.ts';

/** Whether the two show the same thing: then a delta leads from one to the other, else a whole snapshot is needed. */
export function isSameView(before: LiveSnapshot, after: LiveSnapshot): boolean {
  return (
    before.source === after.source &&
    before.currency === after.currency &&
    before.date === after.date &&
    before.isToday === after.isToday &&
    !hasLostMinutes(before.webMinutes, after.webMinutes) &&
    !hasLostMinutes(before.orderMinutes, after.orderMinutes)
  );
}

/** What turned `before` into `after`, of the minutes only those that changed. */
export function diffSnapshots(before: LiveSnapshot, after: LiveSnapshot): LiveDelta {
  return {
    serverTime: after.serverTime,
    web: after.web,
    orders: after.orders,
    lastMinutes: after.lastMinutes,
    freshness: after.freshness,
    webMinutes: changedMinutes(before.webMinutes, after.webMinutes),
    orderMinutes: changedMinutes(before.orderMinutes, after.orderMinutes),
  };
}

type Minutes = WebMinutes | OrderMinutes;
type Columns = { minute: number[] } & Record<string, (number | string)[]>;

/** A delta cannot say that a minute is gone, as after a rebuild. */
function hasLostMinutes(before: Minutes, after: Minutes): boolean {
  const kept = new Set(after.minute);
  return before.minute.some((minute) => !kept.has(minute));
}

function changedMinutes<T extends Minutes>(before: T, after: T): T {
  const old = before as unknown as Columns;
  const now = after as unknown as Columns;
  const names = Object.keys(now);
  const oldRows = new Map(old.minute.map((minute, row) => [minute, row]));
  const isChanged = (row: number): boolean => {
    const oldRow = oldRows.get(now.minute[row] ?? 0);
    return oldRow === undefined || names.some((name) => now[name]?.[row] !== old[name]?.[oldRow]);
  };
  const rows = now.minute.map((_, row) => row).filter(isChanged);
  const columns = names.map((name) => [name, rows.map((row) => now[name]?.[row] ?? 0)]);
  return Object.fromEntries(columns) as T;
}
