import { addCustomTypes, type CustomTypeChange, parsePolicyRow, type Policy } from '@ebb/contracts';
import { type Pool, type PoolClient, withTransaction } from '@ebb/postgres';

export interface PolicyChange extends CustomTypeChange {
  /** The version now in force; the one before where the file changed nothing. */
  readonly version: number;
  readonly isNew: boolean;
}

/**
 * Registers the event types of a definition file as a new policy version, in force from now. The same file again
 * changes nothing. Raises what addCustomTypes raises.
 */
export async function registerCustomTypes(pool: Pool, definitionFile: unknown): Promise<PolicyChange> {
  return withTransaction(pool, async (client) => {
    // Two registrations at once would both build on the same version and one would lose its types.
    await client.query('LOCK TABLE ops.policies IN SHARE ROW EXCLUSIVE MODE');
    const latest = await latestPolicy(client);
    const change = addCustomTypes(latest.customTypes, definitionFile);
    if (change.added.length + change.widened.length === 0) {
      return { ...change, version: latest.version, isNew: false };
    }
    const version = latest.version + 1;
    await client.query(
      'INSERT INTO ops.policies (version, raw_retention_days, custom_types, effective_from) VALUES ($1, $2, $3, now())',
      [version, latest.rawRetentionDays, JSON.stringify(change.customTypes)],
    );
    return { ...change, version, isNew: true };
  });
}

export async function latestPolicy(client: Pool | PoolClient): Promise<Policy> {
  const { rows } = await client.query<Record<string, unknown>>(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version DESC LIMIT 1',
  );
  return parsePolicyRow(rows[0]);
}
