import type { Overview } from '../../api/overview-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetrics } from '../../warehouse/metric-reader.ts';

const CUSTOMER_METRICS = ['num_customers', 'total_spend', 'spend_last_30_days', 'orders_last_30_days'];

/** The source's customers as of the publication. */
export async function readCustomers(
  edition: Edition,
  source: string,
): Promise<Pick<Overview, 'customers' | 'customersCurrency'>> {
  const scope = { where: 'source = {source: String}', params: { source } };
  const [known] = await edition.query<{ code: string }>(
    `SELECT toString(any(currency)) AS code FROM ${edition.mart('customer_country_summary')}
     WHERE ${scope.where} HAVING count() > 0`,
    scope.params,
  );
  if (known === undefined) return { customers: {}, customersCurrency: null };
  return { customers: await readMetrics(edition, CUSTOMER_METRICS, scope), customersCurrency: known.code };
}
