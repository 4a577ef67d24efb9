import { must } from '@ebb/core';
import { eventually } from '@ebb/testing';
import { postgresName, type TableName } from '../../capture-check/table-shape.ts';
import type { CaptureStack } from './capture-stack.ts';
import { type SchemaChange, schemaScript } from './schema-changes.ts';
import { SteadyWriter } from './steady-writer.ts';

export interface SchemaOutcome {
  changes: readonly SchemaChange[];
  /** Tables that must be equal in the end. */
  applied: TableName[];
  /** Tables that must have stopped, with an alert. */
  stopped: TableName[];
}

/** Plays every schema change while all tables are written to, before, in between and after. */
export async function playSchemaChanges(stack: CaptureStack, prefix: string, seed: string): Promise<SchemaOutcome> {
  const { create, tables, changes } = schemaScript(prefix);
  for (const statement of create) await stack.pool.query(statement);
  const writer = new SteadyWriter(stack.postgresUrl, tables, seed);
  const written = (table: TableName, more: number): Promise<boolean> => {
    const before = writer.committed(table);
    return eventually(() => writer.committed(table) >= before + more, { timeoutMs: 30_000 });
  };
  try {
    for (const table of tables) await eventually(() => hasRows(stack, table), { timeoutMs: 60_000, intervalMs: 200 });
    for (const { table, statements, what } of changes) {
      for (const statement of statements) await stack.pool.query(statement);
      if (what === 'table created') writer.add(table);
      await written(table, 3);
    }
    // What stopped must not keep the others from going on.
    for (const { table, outcome } of changes) if (outcome === 'applied') await written(table, 3);
  } finally {
    await writer.stop();
  }
  const stopped = changes.filter(({ outcome }) => outcome === 'stops').map(({ table }) => table);
  const names = new Set(stopped.map(postgresName));
  const applied = [...tables, ...changes.map(({ table }) => table)].filter((table) => !names.has(postgresName(table)));
  return { changes, stopped, applied: [...new Map(applied.map((table) => [postgresName(table), table])).values()] };
}

async function hasRows(stack: CaptureStack, { schema, table }: TableName): Promise<boolean> {
  const rows = await stack.clickhouse.query<{ n: string }>(`SELECT count() AS n FROM raw.${schema}_${table}_current`);
  return rows[0]?.n !== '0';
}

/** Metric lines, of sink and connector, that are 1 and name the table. */
export async function alertsOf(stack: CaptureStack, table: TableName): Promise<string[]> {
  const status = await stack.stack.status();
  const urls = [status['cdc-sink'], status['cdc-connector']].map(({ url }) => must(url, 'a part has no address'));
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const name = `"${table.schema}.${table.table}"`;
  return texts.flatMap((text) => text.split('\n').filter((line) => line.includes(name) && line.endsWith(' 1')));
}

/** Whether the report has the table, and what was done to it. */
export function isNamed(report: string, { table, statements }: SchemaChange): boolean {
  const lines = report.split('\n');
  const name = `${table.schema}.${table.table}`;
  return statements.every((statement) =>
    lines.some(
      (line) => line.includes(name) && line.includes(statement.startsWith('CREATE') ? 'create' : action(statement)),
    ),
  );
}

function action(statement: string): string {
  return statement.replace(/^(ALTER|CREATE) TABLE \S+ /, '').slice(0, 20);
}
