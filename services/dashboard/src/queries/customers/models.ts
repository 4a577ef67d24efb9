import type { ChurnScore, CustomerValue, Membership, Reason } from '../../api/customers-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import type { ModelRuns } from '../../warehouse/model-run.ts';

type ReasonCells = [feature: string, value: string, oddsRatio: number];

/** Tuples without names: with them the driver would give objects under the warehouse's own names. */
const REASONS = (column: string): string => `arrayMap(r -> (r.1, r.2, r.3), c.${column}) AS ${column}_cells`;

interface ChurnRow extends Omit<ChurnScore, 'raising' | 'lowering'> {
  raising_cells: ReasonCells[];
  lowering_cells: ReasonCells[];
}

/** Who the score is of, as the published run has it; null for who has none. */
export async function readChurn(
  edition: Edition,
  runs: ModelRuns,
  { source, customerId }: { source: string; customerId: string },
): Promise<ChurnScore | null> {
  const run = runs.of('churn_scores', source);
  if (run === null) return null;
  const [row] = await edition.query<ChurnRow>(
    `SELECT toString(c.as_of) AS asOf, c.horizon_days AS horizonDays, c.churn_probability AS probability,
       c.churn_low AS low, c.churn_high AS high, c.comparable_customers AS comparableCustomers,
       c.risk_decile AS riskDecile, c.probability_alive AS probabilityAlive, ${REASONS('raising')}, ${REASONS('lowering')}
     FROM ml.customer_churn_runs AS c
     WHERE c.write_id = {writeId: UUID} AND c.customer_id = {customer: String}`,
    { writeId: run.writeId, customer: customerId },
  );
  if (row === undefined) return null;
  const { raising_cells: raising, lowering_cells: lowering, ...score } = row;
  return { ...score, raising: raising.map(reasonOf), lowering: lowering.map(reasonOf) };
}

export function reasonOf([feature, value, oddsRatio]: ReasonCells): Reason {
  return { feature, value, oddsRatio };
}

export async function readValue(
  edition: Edition,
  runs: ModelRuns,
  { source, customerId }: { source: string; customerId: string },
): Promise<CustomerValue | null> {
  const run = runs.of('clv', source);
  if (run === null) return null;
  const [row] = await edition.query<CustomerValue>(
    `SELECT toString(c.as_of) AS asOf, c.horizon_days AS horizonDays, c.purchases AS purchases,
       toString(toDecimal128(c.clv, 4)) AS value, toString(toDecimal128(c.clv_low, 4)) AS low,
       toString(toDecimal128(c.clv_high, 4)) AS high, c.expected_purchases AS expectedPurchases,
       c.probability_alive AS probabilityAlive, c.reason AS reason
     FROM ml.customer_clv_runs AS c
     WHERE c.write_id = {writeId: UUID} AND c.customer_id = {customer: String}`,
    { writeId: run.writeId, customer: customerId },
  );
  return row ?? null;
}

/** Which clusters the customer was in, by every published run whose rows are kept. */
export function readMemberships(edition: Edition, source: string, customerId: string): Promise<Membership[]> {
  return edition.query<Membership>(
    `SELECT toString(m.kind) AS kind, toString(m.as_of) AS asOf, m.cluster AS cluster
     FROM ml.customer_memberships AS m
     WHERE m.source = {source: String} AND m.customer_id = {customer: String}
     ORDER BY m.as_of DESC, m.updated_at DESC, m.kind`,
    { source, customer: customerId },
  );
}
