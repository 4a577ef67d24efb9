import { parsePolicyRow, PolicyBook } from '@ebb/contracts';
import type { Client } from '@ebb/postgres';

export async function loadPolicies(client: Client): Promise<PolicyBook> {
  const { rows } = await client.query(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version',
  );
  return new PolicyBook(rows.map(parsePolicyRow));
}

export async function loadBusinessTimezone(client: Client): Promise<string> {
  const { rows } = await client.query<{ timezone: string }>('SELECT kpi.business_timezone() AS timezone');
  return rows[0]?.timezone ?? 'UTC';
}
