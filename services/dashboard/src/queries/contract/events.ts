import { type JsonSchema, parsePolicyRow, PolicyBook, topicJsonSchemas } from '@ebb/contracts';
import type { EventContract } from '../../api/contract-schema.ts';
import type { Queryable } from '../rows.ts';
import { fieldsOf } from './field-text.ts';

/** The schemas of every topic of events, under the policy that is in force at `nowMs`. */
export async function readEventContracts(db: Queryable, nowMs: number): Promise<EventContract[]> {
  const { rows } = await db.query(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version',
  );
  const { version, customTypes } = new PolicyBook(rows.map(parsePolicyRow)).effectiveAt(nowMs);
  return Object.entries(topicJsonSchemas(customTypes)).map(([topic, schema]) => ({
    topic,
    title: titleOf(schema),
    policyVersion: version,
    fields: fieldsOf(schema),
    schema,
  }));
}

function titleOf(schema: JsonSchema): string {
  return typeof schema['title'] === 'string' ? schema['title'] : '';
}
