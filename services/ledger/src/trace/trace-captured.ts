import { quotePostgres } from '../canonical/column-text.ts';
import type { TableShape } from '../compare/table-shape.ts';
import type { CapturedTable } from '../compare/tables.ts';
import type { Ledger } from '../ledger.ts';
import { isoClickhouse, isoPostgres, type Step, type Trace } from './trace-step.ts';

/** Rows of captured tables whose key holds the id in any column of text. */
export async function traceCaptured(ledger: Ledger, id: string): Promise<Trace[]> {
  const { captured } = await ledger.checks();
  const traces: Trace[] = [];
  for (const table of await ledger.tables()) {
    const shape = await captured.shape(table);
    const texts =
      shape?.keys.filter(({ typname }) => ['text', 'varchar', 'uuid', 'int4', 'int8'].includes(typname)) ?? [];
    if (shape === null || texts.length === 0) continue;
    for (const row of await findRows(ledger, table, { shape, texts }, id)) {
      traces.push(await traceRow(ledger, table, shape, row));
    }
  }
  return traces;
}

/** Keys in either database: what Postgres has deleted or lost has a way as well. */
async function findRows(
  { stores }: Ledger,
  table: CapturedTable,
  { shape, texts }: { shape: TableShape; texts: TableShape['keys'] },
  id: string,
): Promise<Record<string, string | null>[]> {
  const processed = shape.columns.find(({ name }) => name === '_processed_at' || name === 'updated_at');
  const keys = shape.keyTexts.map(({ postgres }, index) => `${postgres} AS k${index}`).join(', ');
  const { rows } = await stores.pool.query<Record<string, string | null>>(
    `SELECT ${keys}, ${processed === undefined ? 'NULL' : isoPostgres(quotePostgres(processed.name))} AS at, 'yes' AS "isThere"
     FROM ${shape.postgres} WHERE ${texts.map(({ name }) => `${quotePostgres(name)}::text = $1`).join(' OR ')} LIMIT 10`,
    [id],
  );
  const changed = await stores.clickhouse.query<Record<string, string>>(
    `SELECT DISTINCT ${shape.keyTexts.map(({ clickhouse }, index) => `${clickhouse} AS k${index}`).join(', ')}
     FROM raw.\`${table.schema}_${table.table}_history\`
     WHERE ${texts.map(({ name }) => `toString(\`${name}\`) = {id:String}`).join(' OR ')} LIMIT 10`,
    { id },
  );
  const keyOf = (row: Record<string, string | null>): string =>
    shape.keys.map((_, index) => row[`k${index}`]).join('\n');
  const found = new Set(rows.map(keyOf));
  return [...rows, ...changed.filter((row) => !found.has(keyOf(row)))];
}

async function traceRow(
  { stores }: Ledger,
  table: CapturedTable,
  shape: TableShape,
  row: Readonly<Record<string, string | null>>,
): Promise<Trace> {
  const conditions = shape.keyTexts.map(({ clickhouse }, index) => `${clickhouse} = {k${index}:String}`).join(' AND ');
  const parameters = Object.fromEntries(shape.keys.map((_, index) => [`k${index}`, row[`k${index}`]]));
  const history = await stores.clickhouse.query<Record<string, string>>(
    `SELECT toString(_version) AS version, _op AS op, ${isoClickhouse('_commit_time')} AS committed,
       ${isoClickhouse(shape.position.kafkaTime)} AS kafka_time, toString(${shape.position.partition}) AS partition,
       toString(${shape.position.offset}) AS offset
     FROM raw.\`${table.schema}_${table.table}_history\` WHERE ${conditions} ORDER BY _version`,
    parameters,
  );
  const state = await stores.clickhouse.query<{ version: string }>(
    `SELECT toString(_version) AS version FROM raw.\`${table.schema}_${table.table}_current\` WHERE ${conditions}`,
    parameters,
  );
  const changes = history.flatMap((change): Step[] => [
    { hop: 'commit', at: change['committed'] ?? null, details: `change ${change['op'] ?? ''}` },
    {
      hop: 'kafka',
      at: change['kafka_time'] ?? null,
      details: `${table.topic}/${change['partition'] ?? ''} offset ${change['offset'] ?? ''}`,
    },
  ]);
  const key = shape.keys.map(({ name }, index) => `${name}=${row[`k${index}`] ?? ''}`).join(' ');
  const current = state[0]?.version;
  return {
    what: `${table.name} ${key}`,
    steps: [
      ...changes,
      row['isThere'] === 'yes'
        ? { hop: 'postgres', at: row['at'] ?? null, details: 'last stored' }
        : { hop: 'postgres', at: null, details: 'no row' },
      {
        hop: 'clickhouse',
        at: null,
        details: current === undefined ? 'no current row' : `current row is version ${current}`,
      },
    ],
  };
}
