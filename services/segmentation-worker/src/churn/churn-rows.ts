import type { RowBinaryWriter } from '@ebb/clickhouse';
import { daysOf } from '../features/days.ts';
import type { ChurnRun } from './fit-churn.ts';

export interface ChurnRows {
  readonly source: string;
  readonly asOf: string;
  /** The run's, so that an attempt that is repeated writes the same. */
  readonly updatedAt: Date;
  /** 0: the data tell no time. */
  readonly horizonDays: number;
  readonly meaning: string;
  readonly result: ChurnRun;
}

/** Names, and those of the columns that `stamp` writes. */
export function columnsOf(names: string): string[] {
  return [...names.split(' '), 'as_of', 'updated_at'];
}

export function stamp(cells: RowBinaryWriter, { asOf, updatedAt }: ChurnRows): void {
  cells.date(daysOf(asOf));
  cells.dateTime64Ms(updatedAt.getTime());
}
