import type { Pool } from '@ebb/postgres';
import { quotePostgres } from '../canonical/column-text.ts';
import { checksumOf, type ComparedColumn } from '../canonical/row-hash.ts';
import type { TableShape } from '../compare/table-shape.ts';

/** Lets Postgres hash rows of messages as it would hash stored ones; null where it cannot read one. */
export async function imageHashes(
  pool: Pool,
  shape: TableShape,
  images: readonly Readonly<Record<string, unknown>>[],
): Promise<(bigint | null)[]> {
  const columns = shape.columns.map((column) => `${valueSql(column)} AS ${quotePostgres(column.name)}`);
  const sql = `SELECT (${shape.hash.postgres})::text AS hash FROM (SELECT ${columns.join(', ')} FROM (SELECT $1::jsonb AS m) i) t`;
  const hashes: (bigint | null)[] = [];
  for (const image of images) {
    try {
      const { rows } = await pool.query<{ hash: string | null }>(sql, [JSON.stringify(image)]);
      hashes.push(rows[0]?.hash == null ? null : checksumOf(rows[0].hash));
    } catch {
      // A value of a type that changed since: it then says nothing.
      hashes.push(null);
    }
  }
  return hashes;
}

function valueSql({ name, type, typname, isArray }: ComparedColumn): string {
  const field = `'${name.replaceAll("'", "''")}'`;
  const text = `(m ->> ${field})`;
  if (isArray) {
    const element = type.replace(/\[\]$/, '');
    return `CASE WHEN jsonb_typeof(m -> ${field}) = 'array' THEN ARRAY(SELECT ${scalarSql('e.v', `jsonb_typeof(e.j)`, element, typname)}
      FROM (SELECT j, j #>> '{}' AS v, n FROM jsonb_array_elements(m -> ${field}) WITH ORDINALITY x (j, n)) e ORDER BY n) END`;
  }
  return scalarSql(text, `jsonb_typeof(m -> ${field})`, type, typname);
}

/** Times come as ISO text, or as microseconds or days; binary values as hexadecimal digits. */
function scalarSql(text: string, kind: string, type: string, typname: string): string {
  if (typname === 'bytea') return `decode(${text}, 'hex')`;
  if (typname === 'timestamptz' || typname === 'timestamp') {
    const zone = typname === 'timestamp' ? ` AT TIME ZONE 'UTC'` : '';
    return `(CASE WHEN ${kind} = 'number' THEN timestamptz 'epoch' + ${text}::bigint * interval '1 microsecond'
      ELSE ${text}::timestamptz END${zone})`;
  }
  if (typname === 'date') {
    return `(CASE WHEN ${kind} = 'number' THEN date 'epoch' + ${text}::integer ELSE rtrim(${text}, 'Z')::date END)`;
  }
  if (typname === 'time') {
    return `(CASE WHEN ${kind} = 'number' THEN time '00:00' + ${text}::bigint * interval '1 microsecond'
      ELSE rtrim(${text}, 'Z')::time END)`;
  }
  return `${text}::${type}`;
}
