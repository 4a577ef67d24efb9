import { createHash } from 'node:crypto';
import { type JsonSchema, parsePolicyRow, topicJsonSchemas } from '@ebb/contracts';
import type { Pool, QueryResultRow } from '@ebb/postgres';
import { z } from 'zod';
import { TOPIC_PREFIX } from '../names.ts';
import { keySchema, type TableColumn, tableColumn, valueSchema } from './table-schema.ts';

/** One version of one subject, as registries of schemas show it. */
export interface RegisteredSchema {
  subject: string;
  /** 1, 2, …: in the order in which they came. */
  version: number;
  /** 31 bits of the schema's digest: the same schema has the same id everywhere, today and after a restore. */
  id: number;
  schemaType: 'JSON';
  /** JSON Schema, as text. */
  schema: string;
}

const historyRow = z.object({ name: z.string(), columns: z.array(tableColumn) });
const HISTORY = `
SELECT h.schema_name || '.' || h.table_name AS name, h.columns FROM ops.ddl_history h
WHERE h.kind <> 'drop' ORDER BY h.id`;
const POLICIES = 'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version';

/** Every schema there was, by subject: of each captured table, and of the topics of events under each policy. */
export async function readRegistry(pool: Pool): Promise<Map<string, RegisteredSchema[]>> {
  const registry = new SchemaTable();
  const { rows: tables } = await pool.query<QueryResultRow>(HISTORY);
  for (const { name, columns } of z.array(historyRow).parse(tables)) addTable(registry, name, columns);
  const { rows: policies } = await pool.query<QueryResultRow>(POLICIES);
  for (const policy of policies) {
    const { customTypes } = parsePolicyRow(policy);
    for (const [topic, schema] of Object.entries(topicJsonSchemas(customTypes))) registry.add(`${topic}-value`, schema);
  }
  return registry.subjects;
}

function addTable(registry: SchemaTable, name: string, columns: TableColumn[]): void {
  const topic = `${TOPIC_PREFIX}.${name}`;
  registry.add(`${topic}-key`, keySchema(topic, columns));
  registry.add(`${topic}-value`, valueSchema(topic, columns));
}

class SchemaTable {
  readonly subjects = new Map<string, RegisteredSchema[]>();

  /** Column sets and policies that make no difference to the schema make no version. */
  add(subject: string, document: JsonSchema): void {
    const schema = JSON.stringify(document);
    const versions = this.subjects.get(subject) ?? [];
    if (versions.at(-1)?.schema === schema) return;
    versions.push({ subject, version: versions.length + 1, id: idOf(schema), schemaType: 'JSON', schema });
    this.subjects.set(subject, versions);
  }
}

function idOf(schema: string): number {
  return createHash('sha256').update(schema).digest().readUInt32BE(0) >>> 1;
}
