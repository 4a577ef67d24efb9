import { quoteIdentifier } from '@ebb/postgres';
import { postgresName, type TableName } from '../../capture-check/table-shape.ts';
import type { CaptureStack } from './capture-stack.ts';

const inCrm = (...names: string[]): TableName[] => names.map((table) => ({ schema: 'crm', table }));

export const QUOTED = inCrm('Order-Lines', 'Order_Lines', 'order_lines', 'select', 'select_current_');
/** All but the last would have the topic of another table; the second one's is what Kafka takes for that of `Order_Lines`. */
export const UNNAMEABLE = inCrm('Order Lines', 'Order.Lines', 'Order/Lines', 'заказы');

const KEY = quoteIdentifier('Order no.');
const COLUMNS = ['unit price', 'a.b', '$ref', 'from', 'Größe', 'back`tick', "it's", 'q"uote'].map(quoteIdentifier);

/** Makes the tables, with columns that need quotes as well; rows are added, changed and deleted. */
export async function changeTables({ pool }: CaptureStack, tables: readonly TableName[]): Promise<void> {
  const values = COLUMNS.map((_, index) => `n || ' of ${index}'`).join(', ');
  for (const name of tables.map(postgresName)) {
    await pool.query(`CREATE TABLE ${name} (${KEY} integer PRIMARY KEY, ${COLUMNS.join(' text, ')} text)`);
    await pool.query(`INSERT INTO ${name} SELECT n, ${values} FROM generate_series(1, 20) AS n`);
    for (const column of COLUMNS) await pool.query(`UPDATE ${name} SET ${column} = 'changed' WHERE ${KEY} < 5`);
    await pool.query(`DELETE FROM ${name} WHERE ${KEY} > 15`);
  }
}

export const renamed = (index: number): TableName => ({ schema: 'crm', table: `renamed_${index}` });

export async function renameTables({ pool }: CaptureStack, tables: readonly TableName[]): Promise<void> {
  for (const [index, table] of tables.entries()) {
    await pool.query(`ALTER TABLE ${postgresName(table)} RENAME TO ${renamed(index).table}`);
  }
}
