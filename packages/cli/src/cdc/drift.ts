import type { Clickhouse } from '@ebb/clickhouse';

/** One change of a captured schema, and what the sink made of it. */
export interface SchemaChange {
  readonly id: string;
  readonly table: string;
  readonly kind: string;
  /** trigger: noticed as it happened; drift: found by comparing; initial: what there was when an epoch began. */
  readonly origin: string;
  readonly command: string;
  readonly result: 'applied' | 'noop' | 'stopped';
  readonly notes: readonly string[];
  readonly appliedAt: string;
}

export interface StoppedTable {
  readonly table: string;
  readonly reason: string;
}

export interface Drift {
  readonly changes: readonly SchemaChange[];
  /** Tables that take no rows until somebody acts. */
  readonly stopped: readonly StoppedTable[];
}

const CHANGES = `SELECT toString(ddl_id) AS id, concat(schema_name, '.', table_name) AS table, kind, origin, command, result,
  notes, toString(applied_at) AS appliedAt
FROM ops.ddl_applied FINAL
WHERE ({table:String} = '' OR table = {table:String}) AND ({all:Bool} OR NOT (kind = 'initial' AND result = 'noop'))
ORDER BY epoch, ddl_id`;

const STOPPED = `SELECT concat(schema_name, '.', table_name) AS table, reason
FROM ops.captured_tables FINAL WHERE status = 'stopped' ORDER BY table`;

/** Changes of schemas since the beginning, of all tables or one; without those that changed nothing unless `all`. */
export async function readDrift(
  clickhouse: Clickhouse,
  { table = '', all = false }: { table?: string | undefined; all?: boolean | undefined },
): Promise<Drift> {
  const changes = await clickhouse.query<SchemaChange>(CHANGES, { table, all });
  return { changes, stopped: await clickhouse.query<StoppedTable>(STOPPED) };
}

export function formatDrift({ changes, stopped }: Drift): string {
  const lines = changes.flatMap(({ id, table, kind, origin, command, result, notes, appliedAt }) => [
    `${appliedAt}  #${id}  ${table}  ${kind}${origin === 'drift' ? ' (found by comparing)' : ''}  ${result}`,
    ...(command === '' ? [] : [`    ${oneLine(command)}`]),
    ...notes.map((note) => `    → ${note}`),
  ]);
  const alarms = stopped.map(({ table, reason }) => `STOPPED  ${table}: ${reason}`);
  return [...(lines.length === 0 ? ['no schema has changed'] : lines), ...alarms].join('\n');
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

const SHOWN = 140;
