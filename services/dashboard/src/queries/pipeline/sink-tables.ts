import type { CapturedTable } from '../../api/pipeline-schema.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';

type State = NonNullable<CapturedTable['warehouse']>;

/** What the sink made of each captured table, by its name in Postgres. */
export async function readSinkTables(warehouse: Warehouse): Promise<Map<string, State>> {
  const rows = await warehouse.query<State & { name: string }>(
    `SELECT concat(c.schema_name, '.', c.table_name) AS name, toString(c.status) AS status, c.reason AS reason
     FROM ops.captured_tables AS c FINAL ORDER BY c.epoch, c.ddl_id`,
  );
  return new Map(rows.map(({ name, status, reason }) => [name, { status, reason }]));
}
