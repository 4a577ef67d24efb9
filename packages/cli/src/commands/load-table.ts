import { createClickhouse } from '@ebb/clickhouse';
import type { Command } from 'commander';
import { withWarehouse } from '../connections.ts';
import { commandContext } from '../context.ts';
import { defaultTarget, foreignTable } from '../load-table/foreign-table.ts';
import { importTable } from '../load-table/import-table.ts';

/** A table of a hundred million rows is copied by one statement. */
const LONGEST_COPY_MS = 6 * 3_600_000;

/** `ebb load table`, below `ebb load`. */
export function registerLoadTable(load: Command): void {
  load
    .command('table')
    .description('import a table of a PostgreSQL, MySQL or MariaDB server; again: replaced as a whole, if it changed')
    .argument(
      '<url>',
      'postgresql://user@host:5432/database or mysql://…, without the password; - takes EBB_FOREIGN_URL',
    )
    .argument('<table>', 'table, or schema.table')
    .option('--as <name>', 'table in the database raw (default: foreign_<database>_<table>)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe password is read from EBB_FOREIGN_PASSWORD, or the file that EBB_FOREIGN_PASSWORD_FILE names.' +
        '\nThe address is the one by which ClickHouse reaches that server.',
    )
    .action(loadTable);
}

async function loadTable(url: string, table: string, flags: { as?: string; json?: true }): Promise<void> {
  const context = commandContext();
  const from = foreignTable(url, table, context.env);
  const target = flags.as ?? defaultTarget(from);
  const result = await withWarehouse(context, async (_, warehouseUrl) => {
    const patient = { url: warehouseUrl, applicationName: 'ebb-load-table', requestTimeoutMs: LONGEST_COPY_MS };
    const clickhouse = createClickhouse(patient);
    try {
      return await importTable(clickhouse, from, target);
    } finally {
      await clickhouse.close();
    }
  });
  const { table: name, state, rows, seconds } = result;
  console.log(flags.json ? JSON.stringify(result) : `${name} ${state}: ${rows} rows in ${seconds.toFixed(1)} s`);
}
