import { z } from 'zod';

/** Columns of a table as ops.table_columns() writes them. */
export const columnSet = z.array(
  z.object({
    /** Outlives a rename. */
    attnum: z.int(),
    name: z.string(),
    type: z.string(),
    not_null: z.boolean(),
    key_position: z.int().nullable(),
  }),
);

export type ColumnSet = z.infer<typeof columnSet>;
type Column = ColumnSet[number];

/** What is other in `after`, in words; empty where a reader of rows would see no difference. */
export function describeChanges(before: ColumnSet, after: ColumnSet): string[] {
  const old = new Map(before.map((column) => [column.attnum, column]));
  const kept = new Set(after.map(({ attnum }) => attnum));
  return [
    ...after.flatMap((column) => changesOf(old.get(column.attnum), column)),
    ...before.filter(({ attnum }) => !kept.has(attnum)).map(({ name }) => `${name} removed`),
  ];
}

function changesOf(old: Column | undefined, { name, type, not_null, key_position }: Column): string[] {
  if (old === undefined) return [`${name} ${type} added`];
  const changes: string[] = [];
  if (old.name !== name) changes.push(`${old.name} renamed to ${name}`);
  if (old.type !== type) changes.push(`${name} from ${old.type} to ${type}`);
  if (old.not_null !== not_null) changes.push(`${name} ${not_null ? 'must be there' : 'may be null'}`);
  if (old.key_position !== key_position) changes.push(`${name} ${keyText(key_position)}`);
  return changes;
}

function keyText(position: number | null): string {
  return position === null ? 'no longer in the key' : `part ${position} of the key`;
}
