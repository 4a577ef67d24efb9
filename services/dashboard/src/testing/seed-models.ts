import { randomUUID } from 'node:crypto';
import type { Clickhouse } from '@ebb/clickhouse';
import { OUTLET } from '@ebb/testing';

type Row = Readonly<Record<string, unknown>>;

/** Rows of model runs as the worker writes and publishes them. */
export class ModelRows {
  readonly #clickhouse: Clickhouse;
  #version = 0;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  /** A run of a kind over some tables (`customer_churn` for `ml.customer_churn_runs`), published in place of the one before. */
  async publish(
    {
      kind,
      asOf,
      source = OUTLET,
      runId = randomUUID(),
    }: { kind: string; asOf: string; source?: string; runId?: string },
    tables: Readonly<Record<string, readonly Row[]>>,
  ): Promise<void> {
    const run = { run_id: runId, write_id: randomUUID(), as_of: asOf, source };
    for (const [table, rows] of Object.entries(tables)) {
      await this.#insert(
        `ml.${table}_runs`,
        rows.map((row) => ({ ...row, ...run })),
      );
    }
    this.#version += 1;
    const published_at = `${asOf} 06:00:00`;
    await this.#insert('ml.publication', [
      { kind, ...run, model_id: randomUUID(), published_at, _version: this.#version },
    ]);
  }

  async #insert(table: string, rows: readonly Row[]): Promise<void> {
    const body = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
    await this.#clickhouse.insert(table, { columns: Object.keys(rows[0] ?? {}), format: 'JSONEachRow', body });
  }
}

const RAISING = [
  { feature: 'days_since_purchase', value: '40', odds_ratio: 1.75 },
  { feature: 'gap_days', value: '', odds_ratio: 1.2 },
];
const LOWERING = [{ feature: 'orders', value: '3', odds_ratio: 0.5 }];

/** Scores of the shop's three customers, of whom u0 was in another cluster the week before. */
export async function seedModels(clickhouse: Clickhouse): Promise<void> {
  const models = new ModelRows(clickhouse);
  await models.publish(
    { kind: 'rfm_segments', asOf: '2026-03-07' },
    { customer_rfm_kmeans_clustered: [clusterRow('u0', 'NURTURE')] },
  );
  await models.publish(
    { kind: 'rfm_segments', asOf: '2026-03-14' },
    {
      customer_rfm_kmeans_clustered: [
        clusterRow('u0', 'REWARD'),
        clusterRow('u1', 'NURTURE'),
        clusterRow('u2', 'NURTURE'),
      ],
    },
  );
  await models.publish({ kind: 'clv', asOf: '2026-03-14' }, { customer_clv: ['u0', 'u1', 'u2'].map(valueRow) });
  await models.publish(
    { kind: 'churn_scores', asOf: '2026-03-14' },
    {
      customer_churn: ['u0', 'u1', 'u2'].map(churnRow),
      churn_back_test: [BACK_TEST],
      churn_calibration: Array.from({ length: 10 }, (_, bin) => calibrationRow(bin + 1)),
      churn_lift: [0.1, 0.2, 0.5].map(liftRow),
    },
  );
}

function clusterRow(CustomerID: string, ClusterLabel: string): Row {
  return {
    CustomerID,
    Recency: 3,
    Frequency: 4,
    Monetary: '120.5000',
    Cluster: 1,
    ClusterName: ClusterLabel,
    ClusterLabel,
    Tier: 1,
    UpdateDate: '2026-03-14 06:00:00',
  };
}

function valueRow(customer_id: string, index: number): Row {
  return {
    customer_id,
    purchases: 5 + index,
    horizon_days: 365,
    probability_alive: 0.9 - index / 10,
    expected_purchases: 6.5 - index,
    expected_spend: 30,
    clv: 200.25 - 50 * index,
    clv_low: 150.5 - 50 * index,
    clv_high: 260.75 - 50 * index,
    reason: 'buys as ever',
    updated_at: '2026-03-14 06:00:00',
  };
}

function churnRow(customer_id: string, index: number): Row {
  return {
    customer_id,
    horizon_days: 90,
    churn_probability: 0.2 + 0.3 * index,
    churn_low: 0.1 + 0.3 * index,
    churn_high: 0.3 + 0.3 * index,
    comparable_customers: 400,
    risk_decile: 10 - 4 * index,
    probability_alive: 0.9 - index / 10,
    raising: RAISING,
    lowering: LOWERING,
    updated_at: '2026-03-14 06:00:00',
  };
}

const BACK_TEST: Row = {
  meaning: 'who bought until the as-of day buys nothing in the 90 days after it',
  method: 'time',
  horizon_days: 90,
  training_customers: 3000,
  training_churned: 1200,
  customers: 3200,
  churned: 1300,
  roc_auc: 0.78,
  pr_auc: 0.71,
  log_loss: 0.55,
  brier: 0.18,
  ece: 0.02,
  baseline_roc_auc: { days_since_purchase: 0.74, probability_alive: 0.75 },
  updated_at: '2026-03-14 06:00:00',
};

function calibrationRow(bin: number): Row {
  const observed = bin / 10 - 0.06;
  return {
    bin,
    customers: 320,
    predicted: bin / 10 - 0.05,
    observed,
    observed_low: Math.max(0, observed - 0.04),
    observed_high: observed + 0.04,
    updated_at: '2026-03-14 06:00:00',
  };
}

function liftRow(share: number): Row {
  return {
    share,
    customers: Math.round(3200 * share),
    captured: Math.min(1, share * 2.2),
    lift: 2.2,
    updated_at: '2026-03-14 06:00:00',
  };
}
