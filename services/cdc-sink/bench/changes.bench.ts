/**
 * Cost of making rows of captured changes, without Kafka and ClickHouse:
 *   node services/cdc-sink/bench/changes.bench.ts [--changes 200000]
 */
import { parseArgs } from 'node:util';
import { must } from '@ebb/core';
import type { ConsumedMessage } from '@ebb/kafka';
import { ChunkDecoder } from '../src/captured/chunk-decoder.ts';
import { decodeEnvelope } from '../src/captured/envelope.ts';
import { planChange } from '../src/captured/planner.ts';
import { positionOf } from '../src/captured/position.ts';
import { SchemaBook } from '../src/captured/schema-book.ts';
import { SchemaHistory } from '../src/captured/schema-history.ts';
import { TableRows } from '../src/captured/table-rows.ts';
import { column, historyRow } from '../src/captured/testing/column.ts';
import { changeMessage, type Row } from '../src/captured/testing/debezium.ts';

const { values: options } = parseArgs({ options: { changes: { type: 'string', default: '200000' } } });
const count = Number(options.changes);
const CHUNK = 500;

/** A customer of the CRM. */
function customer(index: number): Row {
  return {
    source: 'shop',
    customer_id: `c${index}`,
    first_name: 'Margarethe',
    last_name: 'Schäfer',
    email: `margarethe.${index}@example.com`,
    age: index % 90,
    gender: 'Female',
    geography: 'Germany',
    is_active: true,
    tenure_months: index % 240,
    date_opened: '2021-03-04Z',
    churned_at: null,
    balance: `${index}.5000`,
    acquisition_channel: 'search',
    created_at: '2021-03-04T05:06:07.123456Z',
    updated_at: '2026-11-21T15:24:05.815566Z',
  };
}

const TYPES = [
  'source text',
  'customer_id text',
  'first_name text',
  'last_name text',
  'email text',
  'age smallint',
  'gender text',
  'geography text',
  'is_active boolean',
  'tenure_months integer',
  'date_opened date',
  'churned_at timestamp with time zone',
  'balance numeric(20,4)',
  'acquisition_channel text',
  'created_at timestamp with time zone',
  'updated_at timestamp with time zone',
];
const columns = TYPES.map((declared, index) =>
  column(index + 1, declared, { keyPosition: index < 2 ? index + 1 : null }),
);
const row = historyRow({ id: 1n, lsn: 1n, columns, kind: 'create', table: 'customers' });
const history = new SchemaHistory();
history.append([row]);
const { table } = planChange(undefined, row, { epoch: 0, others: [] });
const schemas = new SchemaBook(history, () => new Map([[table.oid, table]]));

const messages: ConsumedMessage[] = Array.from({ length: count }, (_, offset) => {
  const after = customer(offset);
  const before = { ...after, updated_at: after['created_at'] };
  const op = offset % 3 === 0 ? 'c' : 'u';
  const at = { commit: 1_000_000 + offset * 10, lsn: 1_000_005 + offset * 10, table: 'customers' };
  return changeMessage(offset, { op, before: op === 'u' ? before : null, after, ...at });
});
const bytes = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
console.log(`${count} changes of ${table.columns.length} columns, ${Math.round(bytes / count)} bytes each`);

async function measure(name: string, fn: () => Promise<number> | number): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    // Of this process alone: others may share the machine.
    const before = process.cpuUsage();
    const made = await fn();
    const { user, system } = process.cpuUsage(before);
    console.log(`${name}: ${((user + system) / count).toFixed(2)} µs of CPU a change (${made} made)`);
  }
}

await measure('JSON.parse', () => {
  let fields = 0;
  for (const { value } of messages) if (JSON.parse(String(value)) !== null) fields += 1;
  return fields;
});
await measure('decode', () => messages.filter((message) => decodeEnvelope(message).kind === 'row').length);
await measure('decode and encode', async () => {
  const rows = new TableRows();
  const tools = { schemas, rows, nowMs: () => 0, findUnavailable: async () => null };
  let inserted = 0;
  for (let from = 0; from < count; from += CHUNK) {
    const chunk = {
      topic: 'cdc.crm.customers',
      partition: 0,
      messages: messages.slice(from, from + CHUNK),
      toOffset: from + CHUNK,
    };
    const decoded = await new ChunkDecoder(tools, chunk, positionOf(0n)).decode(from);
    if (decoded.deadLetters.length > 0) throw new Error(must(decoded.deadLetters[0], 'letter').message);
    inserted += rows.take().reduce((sum, insert) => sum + insert.rows, 0) / 2;
  }
  return inserted;
});
