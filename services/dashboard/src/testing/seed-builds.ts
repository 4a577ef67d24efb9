import { type Clickhouse, currentPublication } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { createCapturedTables, testClickhouse } from '@ebb/testing';
import type { PublishedMarts } from './published-marts.ts';
import { WEB_EVENTS } from './seed-pipeline.ts';

export const PUBLISHED = 'p20260314060000_aaaa';
export const FAILED = 'p20260314070000_bbbb';
const REPLACED = 'p20260313060000_cccc';
const DAY = '2026-03-14';

/** A warehouse that holds the pipeline's side of things alone, and no mart. */
export async function pipelineWarehouse(): Promise<PublishedMarts> {
  const server = await testClickhouse();
  await createCapturedTables(server);
  await seedBuilds(server.clickhouse);
  return { server, publication: must(await currentPublication(server.clickhouse), 'a publication') };
}

/** The warehouse's side of the pipeline, at noon: two changes of an order, two web events, three builds. */
async function seedBuilds(clickhouse: Clickhouse): Promise<void> {
  for (const statement of [...captured(), webEvents(), ...builds()]) await clickhouse.command(statement);
}

const TABLES = [
  { oid: 1, name: ['crm', 'customers'], status: 'active', reason: '' },
  { oid: 2, name: ['sales', 'orders'], status: 'active', reason: '' },
  { oid: 3, name: ['crm', 'offers'], status: 'stopped', reason: 'its key changed to a type that has no text' },
] as const;

const ORDER_COLUMNS = `(source, order_id, kind, order_status, status_rank, status_time, event_id, purchase_time, currency,
  total_amount, product_lines, _partition__16, _offset__17, _kafka_time__18, _processed_at, _version, _deleted, _op,
  _commit_time, _partition, _offset, _kafka_time)`;

function captured(): string[] {
  const tables = TABLES.map(
    ({ oid, name, status, reason }) => `(${oid}, '${name[0]}', '${name[1]}', '${status}', '${reason}', 1, ${oid})`,
  );
  const changes = [
    orderChange({ version: 1, op: 'c', status: 'processing', minute: '00:01' }),
    orderChange({ version: 2, op: 'u', status: 'shipped', minute: '58:31' }),
  ];
  return [
    `INSERT INTO ops.captured_tables (table_oid, schema_name, table_name, status, reason, epoch, ddl_id) VALUES ${tables.join(', ')}`,
    `INSERT INTO raw.sales_orders_log ${ORDER_COLUMNS} VALUES ${changes.join(', ')}`,
    `INSERT INTO raw.sales_orders ${ORDER_COLUMNS} VALUES ${changes.join(', ')}`,
  ];
}

function orderChange(of: { version: number; op: string; status: string; minute: string }): string {
  const { version, op, status, minute } = of;
  return `('outlet', 'd13o0', 'order', '${status}', 1, '${DAY} 11:00:00', 'd13o0-${version}', '${DAY} 11:00:00', 'USD', 33.25, 2,
    0, ${version}, '${DAY} 11:00:00', '${DAY} 11:00:00', ${version}, 0, '${op}', '${DAY} 11:${minute}.100', 3, ${40 + version},
    '${DAY} 11:${minute}.400')`;
}

/** The first event twice, as a repeated message leaves it. */
function webEvents(): string {
  const [first, , third] = WEB_EVENTS;
  return `INSERT INTO raw.web_events (source, day, user_key, event_id, is_identified, event_time, event_type, schema_version,
      _partition, _offset, _kafka_time, _inserted_at)
    VALUES ${[eventRow(first), eventRow(first, 100), eventRow(third)].join(', ')}`;
}

function eventRow({ eventId, user, offset, at }: (typeof WEB_EVENTS)[number], later = 0): string {
  const moment = at.replace('T', ' ').replace('Z', '');
  return `('outlet', '${DAY}', '${user}', '${eventId}', true, '${moment}', 'page_view', 1, 0, ${offset + later},
    toDateTime64('${moment}', 3, 'UTC') + INTERVAL 20 MILLISECOND, toDateTime64('${moment}', 3, 'UTC') + INTERVAL 2 SECOND)`;
}

function builds(): string[] {
  return [
    `INSERT INTO marts.publication VALUES ${[
      buildRow({ id: REPLACED, began: '2026-03-13 06:00:00', state: 'replaced' }),
      buildRow({ id: PUBLISHED, began: '2026-03-14 06:00:00', state: 'published' }),
      buildRow({ id: FAILED, began: '2026-03-14 07:00:00', state: 'failed', reason: '1 test failed' }),
    ].join(', ')}`,
    `INSERT INTO ops.dbt_results VALUES ${[
      resultRow({ id: PUBLISHED, node: 'model.ebb.fct_orders', status: 'success', at: '06:01:00' }),
      resultRow({ id: PUBLISHED, node: 'model.ebb.dim_customers', status: 'success', at: '06:01:05' }),
      resultRow({ id: FAILED, node: 'model.ebb.fct_orders', status: 'success', at: '07:01:00' }),
      resultRow({
        id: FAILED,
        node: 'model.ebb.dim_customers',
        status: 'error',
        at: '07:01:05',
        message: 'out of\\n  memory',
      }),
      resultRow({ id: FAILED, node: 'model.ebb.fct_never', status: 'skipped', at: '07:01:06' }),
      resultRow({
        id: FAILED,
        node: 'test.ebb.orders_are_unique.1a2b',
        status: 'fail',
        at: '07:01:10',
        message: FAILURE,
      }),
    ].join(', ')}`,
    `INSERT INTO ops.batch_vector (build_id, source, partition, next_offset) VALUES ('${PUBLISHED}', 'web_events', 0, 3),
      ('${PUBLISHED}', 'sales_orders', 3, 42)`,
  ];
}

const FAILURE = 'Got 2 results, configured to fail if != 0';

function buildRow(of: { id: string; began: string; state: string; reason?: string }): string {
  const { id, began, state, reason = '' } = of;
  const moment = `toDateTime64('${began}', 3, 'UTC')`;
  return `('${id}', '${began.slice(0, 10)}', '2026-03-13', ${moment}, ${moment} + INTERVAL 90 SECOND, 3, 40, 1,
    ${reason === '' ? 0 : 1}, '${state}', '${reason}', 1)`;
}

function resultRow(of: { id: string; node: string; status: string; at: string; message?: string }): string {
  const { id, node, status, at, message = '' } = of;
  const type = node.split('.')[0] ?? '';
  return `('${id}', 'i', '${node}', '${type}', '${status}', '${message}', NULL, 1.5, '${DAY} ${at}')`;
}
