/** Beyond it two sums of floats count as different. */
const TOLERANCE = 1e-9;

/**
 * What differs between a tile and its statement, in words; null when nothing does. Columns are compared by their place,
 * rows by what they hold: a tile has no order of its own.
 */
export function differenceOf(tile: readonly unknown[][], statement: readonly unknown[][]): string | null {
  if (tile.length !== statement.length) return `${tile.length} rows, the statement has ${statement.length}`;
  const shown = sorted(tile);
  const wanted = sorted(statement);
  const at = shown.findIndex((row, index) => !isSameRow(row, wanted[index] ?? []));
  if (at < 0) return null;
  return `${JSON.stringify(shown[at])}, the statement has ${JSON.stringify(wanted[at])}`;
}

function sorted(rows: readonly unknown[][]): Cell[][] {
  return rows.map((row) => row.map(cellOf)).toSorted((one, other) => compare(keyOf(one), keyOf(other)));
}

type Cell = string | number | null;

/** Amounts come as texts from one side and as numbers from the other, days as texts or as milliseconds. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Date) return value.getTime();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  if (/^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(text)) return Date.parse(asUtc(text));
  return text;
}

function asUtc(text: string): string {
  const iso = text.replace(' ', 'T');
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) || iso.length === 10 ? iso : `${iso}Z`;
}

/** Texts decide the order before figures, whose last digits may differ. */
function keyOf(row: readonly Cell[]): string {
  const texts = row.filter((cell) => typeof cell === 'string');
  const figures = row.map((cell) => (typeof cell === 'number' ? cell.toPrecision(9).padStart(24) : ''));
  return JSON.stringify([...texts, ...figures]);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function isSameRow(one: readonly Cell[], other: readonly Cell[]): boolean {
  return one.length === other.length && one.every((cell, at) => isSame(cell, other[at] ?? null));
}

function isSame(one: Cell, other: Cell): boolean {
  if (typeof one !== 'number' || typeof other !== 'number') return one === other;
  return Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(one), Math.abs(other));
}
