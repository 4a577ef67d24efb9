import { connectClient } from './pool.ts';
import { quoteIdentifier, quoteLiteral } from './transaction.ts';

/** One least-privilege login per service, and one for people; what each may do stands in `sql/postgres`. */
export const ROLE_NAMES = [
  'ebb_collector',
  'ebb_aggregator',
  'ebb_simulator',
  'ebb_connector',
  'ebb_sink',
  'ebb_ledger',
  'ebb_loader',
  'ebb_segmentation',
  'ebb_lake',
  'ebb_airflow',
  'ebb_superset',
  'ebb_dashboard',
  'ebb_reader',
] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/** Lets the roles log in with these passwords; repeating it, also with new ones, is safe. */
export async function provisionRoles(url: string, passwords: Readonly<Record<RoleName, string>>): Promise<void> {
  const client = await connectClient({ url, applicationName: 'ebb-roles' });
  try {
    for (const role of ROLE_NAMES) {
      await client.query(`ALTER ROLE ${quoteIdentifier(role)} LOGIN PASSWORD ${quoteLiteral(passwords[role])}`);
    }
  } finally {
    await client.end();
  }
}
