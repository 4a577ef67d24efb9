import { RowBinaryWriter } from '@ebb/clickhouse';
import { daysOf } from '../features/days.ts';

/** The two cells that end every row of a run, its day and its moment: encoded once, not per row. */
export function stampCells({ asOf, updatedAt }: { readonly asOf: string; readonly updatedAt: Date }): Buffer {
  const cells = new RowBinaryWriter(16);
  cells.date(daysOf(asOf));
  cells.dateTime64Ms(updatedAt.getTime());
  return cells.take();
}
