import { add, EMPTY_TOTALS, isSameTotals, type Totals } from '../compare/row-set.ts';
import { type Account, totalsOf } from './accounts.ts';

/** Rows counted in one statement: about a third of a second of one core. */
const ROWS_AT_ONCE = 40_000;
/** The end of the last group of a partition: rows behind every account belong to it, too. */
const OPEN_END = 9_223_372_036_854_775_807n;

/**
 * A range of offsets of a partition with the totals that accounts say of it. The groups of a partition leave no offset
 * out from its first account on: a row that somebody put between two accounts is in one of them.
 */
export interface AccountGroup {
  readonly partition: number;
  /** [from, until) */
  readonly from: bigint;
  readonly until: bigint;
  /** When the minute of its last account began, ms of the epoch. */
  readonly lastMinuteMs: number;
  readonly totals: Totals;
}

/**
 * One group per account, and one per partition where an account does not begin where the one before it ended (`jumps`):
 * such accounts overlap, and a row that both saw is stored at one offset.
 */
export function groupAccounts(accounts: readonly Account[]): AccountGroup[] {
  const partitions = Map.groupBy(accounts, ({ partition }) => partition);
  return [...partitions.values()].flatMap((ofPartition) => {
    const sorted = ofPartition.toSorted((a, b) => a.from_offset - b.from_offset);
    const isOverlapping = sorted.some(({ jumps }) => jumps > 0);
    return isOverlapping
      ? [group(sorted, OPEN_END)]
      : sorted.map((account, index) => group([account], ends(sorted, index)));
  });
}

function ends(sorted: readonly Account[], index: number): bigint {
  const next = sorted[index + 1];
  return next === undefined ? OPEN_END : BigInt(next.from_offset);
}

function group(accounts: readonly Account[], until: bigint): AccountGroup {
  return {
    partition: accounts[0]?.partition ?? 0,
    from: BigInt(accounts[0]?.from_offset ?? 0),
    until,
    lastMinuteMs: Math.max(...accounts.map(({ minute }) => minute.getTime())),
    totals: accounts.map(totalsOf).reduce(add, EMPTY_TOTALS),
  };
}

/**
 * Chooses whose rows are counted next, so that one turn costs the same however long the history is: closed accounts that
 * were not found right yet, the newest first; then those that were looked at the longest ago; the running minute last,
 * for it will have changed by the next turn.
 */
export class GroupRotation {
  readonly #rowsAtOnce: number;
  #looks = 0;
  #right = new Map<string, { readonly totals: Totals; readonly look: number }>();

  constructor(rowsAtOnce = ROWS_AT_ONCE) {
    this.#rowsAtOnce = rowsAtOnce;
  }

  /** Groups of about so many rows together, at least one. `minuteMs`: when the running minute began. */
  next(groups: readonly AccountGroup[], minuteMs: number): AccountGroup[] {
    this.#forgetAllBut(groups);
    const rank = (one: AccountGroup): number =>
      one.lastMinuteMs >= minuteMs ? Number.POSITIVE_INFINITY : (this.#right.get(nameOf(one))?.look ?? 0);
    const ordered = groups
      .map((one) => ({ one, rank: rank(one) }))
      .toSorted((a, b) => (a.rank === b.rank ? b.one.lastMinuteMs - a.one.lastMinuteMs : a.rank - b.rank))
      .map(({ one }) => one);
    return firstRows(ordered, this.#rowsAtOnce);
  }

  foundRight(group: AccountGroup): void {
    this.#looks += 1;
    this.#right.set(nameOf(group), { totals: group.totals, look: this.#looks });
  }

  #forgetAllBut(groups: readonly AccountGroup[]): void {
    const kept = groups.flatMap((one) => {
      const before = this.#right.get(nameOf(one));
      return before !== undefined && isSameTotals(before.totals, one.totals) ? [[nameOf(one), before] as const] : [];
    });
    this.#right = new Map(kept);
  }
}

/** Parts of about so many rows each, at least one group in each. */
export function inParts(groups: readonly AccountGroup[], rowsAtOnce = ROWS_AT_ONCE): AccountGroup[][] {
  const parts: AccountGroup[][] = [];
  for (let rest = groups; rest.length > 0; rest = rest.slice(parts.at(-1)?.length)) {
    parts.push(firstRows(rest, rowsAtOnce));
  }
  return parts;
}

function firstRows(groups: readonly AccountGroup[], rowsAtOnce: number): AccountGroup[] {
  let rows = 0;
  const end = groups.findIndex(({ totals }, index) => (rows += totals.rows) > rowsAtOnce && index > 0);
  return end === -1 ? [...groups] : groups.slice(0, end);
}

function nameOf({ partition, from }: AccountGroup): string {
  return `${partition}:${from}`;
}
