import { parsePolicyRow, PolicyBook } from '@ebb/contracts';
import type { Pool } from '@ebb/postgres';

/** Every version of the acceptance policy that is written so far. */
export async function loadPolicies(pool: Pool): Promise<PolicyBook> {
  const { rows } = await pool.query(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version',
  );
  return new PolicyBook(rows.map(parsePolicyRow));
}
