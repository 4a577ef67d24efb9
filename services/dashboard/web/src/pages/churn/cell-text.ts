import type { CellUnit } from '../../api-types.ts';
import { formatCount, formatDate, formatMoney, formatPercent, formatRate } from '../../format.ts';

/** A cell of an analysis as readers see it, by its unit. */
export function cellText(unit: CellUnit, cell: string | null): string {
  if (cell === null) return '–';
  return TEXTS[unit](cell);
}

const TEXTS: Record<CellUnit, (cell: string) => string> = {
  text: (cell) => cell,
  day: (cell) => formatDate(cell),
  count: (cell) => formatCount(Number(cell)),
  amount: (cell) => formatMoney(cell, null),
  percent: (cell) => formatPercent(Number(cell) / 100),
  share: (cell) => formatPercent(Number(cell)),
  hours: (cell) => `${formatRate(Number(cell))} h`,
  number: (cell) => formatRate(Number(cell)),
};
