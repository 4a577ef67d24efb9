import { type Clickhouse, quoteClickhouseName as quote } from '@ebb/clickhouse';
import { decodeEnvelope, type RowChange, type RowValues } from './envelope.ts';
import type { Field, Layout, RowMeta } from './layout.ts';
import { versionOf } from './position.ts';
import type { CapturedChunk } from './types.ts';
import { isUnavailable } from './unavailable.ts';

export interface Wanted {
  readonly chunk: CapturedChunk;
  readonly layout: Layout;
  readonly change: RowChange;
  readonly meta: RowMeta;
}

/** Key columns that can be asked for by what the message holds. */
const ASKABLE: ReadonlySet<string> = new Set(['Int64', 'String', 'UUID']);

/**
 * The row's values with those filled in that the message leaves out because they did not change: from the row's old
 * values, else from the last change of the row, in this chunk or in ClickHouse. Null where one is nowhere. With REPLICA
 * IDENTITY FULL it never comes to this.
 */
export async function findUnavailable(clickhouse: Clickhouse, wanted: Wanted): Promise<RowValues | null> {
  const { change } = wanted;
  const values = change.op === 'd' ? change.before : change.after;
  if (values === null || change.op === 'd') return null;
  let known = fill(values, change.before);
  for (const { after } of earlierChanges(wanted)) {
    if (isComplete(known)) return known;
    known = fill(known, after);
  }
  if (isComplete(known)) return known;
  known = fill(known, await storedValues(clickhouse, wanted, known));
  return isComplete(known) ? known : null;
}

function isComplete(values: RowValues): boolean {
  return !Object.values(values).some(isUnavailable);
}

function fill(values: RowValues, from: RowValues | null): RowValues {
  if (from === null) return values;
  const pairs = Object.entries(values).map(([name, value]): [string, unknown] => {
    const other = from[name];
    return [name, isUnavailable(value) && other !== undefined && !isUnavailable(other) ? other : value];
  });
  return Object.fromEntries(pairs);
}

/** Earlier changes of the same row in the chunk, the newest first, back to where it was deleted. */
function earlierChanges({ chunk, layout, change, meta }: Wanted): RowChange[] {
  const wanted = keyOf(layout, change.after);
  const found: RowChange[] = [];
  for (const message of chunk.messages.filter(({ offset }) => offset < meta.offset).toReversed()) {
    const earlier = decodeEnvelope(message, true);
    if (earlier.kind !== 'row') continue;
    if (keyOf(layout, earlier.op === 'd' ? earlier.before : earlier.after) !== wanted) continue;
    if (earlier.op === 'd') break;
    found.push(earlier);
  }
  return found;
}

function keyOf({ key }: Layout, values: RowValues | null): string {
  return key.map(({ name }) => String(values?.[name])).join('\n');
}

function isPlain({ type }: Field): boolean {
  return type.kind === 'String' || type.kind === 'Decimal';
}

/** What the last older version of the row holds in columns whose stored form is what a message would hold. */
async function storedValues(clickhouse: Clickhouse, wanted: Wanted, values: RowValues): Promise<RowValues | null> {
  const { layout, meta } = wanted;
  const fields = layout.fields.filter(({ name }) => isUnavailable(values[name]));
  if (!fields.every(isPlain) || !layout.key.every(({ type }) => ASKABLE.has(type.kind))) return null;
  const params = Object.fromEntries(layout.key.map(({ name }, index) => [`k${index}`, String(values[name])]));
  const conditions = layout.key.map(
    ({ physical, type }, index) => `${quote(physical.physical)} = {k${index}:${type.kind}}`,
  );
  const columns = fields.map(({ physical }, index) => `${quote(physical.physical)} AS v${index}`);
  const rows = await clickhouse.query<Record<string, unknown>>(
    `SELECT _deleted, ${columns.join(', ')} FROM ${layout.log}
WHERE ${conditions.join(' AND ')} AND _version < toUInt128({version:String})
ORDER BY _version DESC, _offset DESC LIMIT 1`,
    { ...params, version: String(versionOf(meta.position)) },
  );
  const row = rows[0];
  if (row === undefined || row['_deleted'] === 1) return null;
  return Object.fromEntries(fields.map(({ name }, index) => [name, row[`v${index}`]]));
}
