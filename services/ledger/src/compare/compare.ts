import {
  add,
  EMPTY_TOTALS,
  isSameTotals,
  keyName,
  type RowFacts,
  type RowFactsByKey,
  type RowSet,
  type Side,
  subtract,
  type Totals,
  totalsOf,
} from './row-set.ts';

/** A key that the engines do not hold alike. */
export interface Mismatch {
  readonly key: readonly string[];
  readonly postgres: RowFacts | null;
  readonly clickhouse: RowFacts | null;
}

export interface Comparison {
  /** As Postgres has them, without the rows left out. */
  readonly totals: Totals;
  readonly mismatches: readonly Mismatch[];
  /** More differs than was looked at. */
  readonly isPartial: boolean;
}

export interface CompareOptions {
  /** Rows of Postgres that are left out, as ClickHouse's condition leaves them out. */
  readonly leftOut?: RowFactsByKey;
  /** How finely keys are told apart when the totals differ. */
  readonly slots?: number;
  /** Most rows whose hashes are fetched at once. */
  readonly mostRows?: number;
}

const SLOTS = 1_024;
const MOST_ROWS = 300_000;

/** Compares the totals; where they differ, the totals of ranges of keys, and of those that differ every row. */
export async function compareRows(
  set: RowSet,
  sides: { readonly postgres: Side; readonly clickhouse: Side },
  options: CompareOptions = {},
): Promise<Comparison> {
  const { leftOut = new Map<string, RowFacts>(), slots = SLOTS, mostRows = MOST_ROWS } = options;
  const postgres = subtract(await sides.postgres.totals(set), totalsOf(leftOut.values()));
  const clickhouse = await sides.clickhouse.totals(set);
  if (isSameTotals(postgres, clickhouse)) return { totals: postgres, mismatches: [], isPartial: false };
  const bad = await differingSlots(set, sides, slots, leftOut);
  const chosen = chooseSlots(bad, mostRows);
  const mismatches = await differingRows(set, sides, { slots, wanted: chosen, leftOut });
  return { totals: postgres, mismatches, isPartial: chosen.length < bad.length };
}

interface BadSlot {
  readonly slot: number;
  readonly rows: number;
}

async function differingSlots(
  set: RowSet,
  sides: { readonly postgres: Side; readonly clickhouse: Side },
  slots: number,
  leftOut: RowFactsByKey,
): Promise<BadSlot[]> {
  const postgres = await sides.postgres.bySlot(set, slots);
  const clickhouse = await sides.clickhouse.bySlot(set, slots);
  // Their slots are not known here: their rows make their slots differ, and drop out of them row by row.
  const hasLeftOut = leftOut.size > 0;
  const bad: BadSlot[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    const [ours, theirs] = [postgres.get(slot) ?? EMPTY_TOTALS, clickhouse.get(slot) ?? EMPTY_TOTALS];
    if (!isSameTotals(ours, theirs)) bad.push({ slot, rows: Math.max(ours.rows, theirs.rows) });
  }
  return hasLeftOut ? bad.toSorted((a, b) => a.rows - b.rows) : bad;
}

function chooseSlots(bad: readonly BadSlot[], mostRows: number): number[] {
  let rows = 0;
  const chosen: number[] = [];
  for (const slot of bad) {
    rows += slot.rows;
    if (chosen.length > 0 && rows > mostRows) break;
    chosen.push(slot.slot);
  }
  return chosen;
}

async function differingRows(
  set: RowSet,
  sides: { readonly postgres: Side; readonly clickhouse: Side },
  { slots, wanted, leftOut }: { slots: number; wanted: readonly number[]; leftOut: RowFactsByKey },
): Promise<Mismatch[]> {
  if (wanted.length === 0) return [];
  const postgres = await sides.postgres.rowsIn(set, slots, wanted);
  const clickhouse = await sides.clickhouse.rowsIn(set, slots, wanted);
  for (const name of leftOut.keys()) postgres.delete(name);
  return mismatchesOf(postgres, clickhouse);
}

export function mismatchesOf(postgres: RowFactsByKey, clickhouse: RowFactsByKey): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [name, ours] of postgres) {
    const theirs = clickhouse.get(name) ?? null;
    if (theirs?.hash !== ours.hash) mismatches.push({ key: ours.key, postgres: ours, clickhouse: theirs });
  }
  for (const [name, theirs] of clickhouse) {
    if (!postgres.has(name)) mismatches.push({ key: theirs.key, postgres: null, clickhouse: theirs });
  }
  return mismatches;
}

export function sumOf(all: Iterable<Totals>): Totals {
  let sum = EMPTY_TOTALS;
  for (const totals of all) sum = add(sum, totals);
  return sum;
}

/**
 * The mismatches that are still there: same rows in both engines as before, looked at once more after everything had time
 * to pass. A row that changed meanwhile says nothing yet. ClickHouse is read first: what it lacks then was not on its way.
 */
export async function stillMismatched(
  set: RowSet,
  sides: { readonly postgres: Side; readonly clickhouse: Side },
  before: readonly Mismatch[],
): Promise<{ confirmed: Mismatch[]; unstable: Mismatch[] }> {
  const keys = before.map(({ key }) => key);
  const clickhouse = await sides.clickhouse.rowsOf(set, keys);
  const postgres = await sides.postgres.rowsOf(set, keys);
  const confirmed: Mismatch[] = [];
  const unstable: Mismatch[] = [];
  for (const mismatch of before) {
    const ours = postgres.get(keyName(mismatch.key)) ?? null;
    const theirs = clickhouse.get(keyName(mismatch.key)) ?? null;
    if (ours?.hash === theirs?.hash) continue;
    const isStable = isSameRow(mismatch.postgres, ours) && isSameRow(mismatch.clickhouse, theirs);
    (isStable ? confirmed : unstable).push({ key: mismatch.key, postgres: ours, clickhouse: theirs });
  }
  return { confirmed, unstable };
}

function isSameRow(a: RowFacts | null, b: RowFacts | null): boolean {
  return a?.hash === b?.hash && JSON.stringify(a?.position) === JSON.stringify(b?.position);
}
