import { createInterface } from 'node:readline';
import { errorMessage } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import { formatTable } from './status-table.ts';

/** Stand-in for psql: runs `-c STATEMENT`s, else what comes on standard input, statement by statement. */
export async function runStatements(url: string, args: readonly string[]): Promise<void> {
  const pool = createPool({ url, applicationName: 'ebb-psql', max: 1 });
  try {
    const statements = args.flatMap((arg, index) => (args[index - 1] === '-c' ? [arg] : []));
    if (statements.length === 0) await readAndRun(pool);
    for (const statement of statements) await runOne(pool, statement);
  } finally {
    await pool.end();
  }
}

async function readAndRun(pool: Pool): Promise<void> {
  const isInteractive = process.stdin.isTTY;
  if (isInteractive) console.log('psql is not installed: statements end with ";", Ctrl-D leaves.');
  const lines = createInterface({ input: process.stdin, output: isInteractive ? process.stdout : undefined });
  lines.setPrompt('ebb=# ');
  let statement = '';
  lines.prompt();
  for await (const line of lines) {
    statement += `${line}\n`;
    if (line.trimEnd().endsWith(';')) {
      await runOne(pool, statement);
      statement = '';
    }
    if (isInteractive) lines.prompt();
  }
  if (statement.trim() !== '') await runOne(pool, statement);
}

async function runOne(pool: Pool, statement: string): Promise<void> {
  try {
    const result = await pool.query<Record<string, unknown>>(statement);
    for (const one of Array.isArray(result) ? (result as (typeof result)[]) : [result]) {
      const columns = one.fields.map((field) => field.name);
      if (columns.length > 0)
        console.log(formatTable([columns, ...one.rows.map((row) => columns.map((name) => cell(row[name])))]));
      console.log(`${one.command} ${one.rowCount ?? 0}`);
    }
  } catch (error) {
    console.error(errorMessage(error));
    process.exitCode = 1;
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
