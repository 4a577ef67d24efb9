import { supersetMetrics } from '@ebb/contracts';
import type { Dataset } from './asset-types.ts';
import { metricOfColumn } from './metric-of-column.ts';

const mart = { database: 'clickhouse', schema: 'marts' } as const;
const live = { database: 'postgres', isLive: true } as const;

export const LANDED: Dataset = {
  ...mart,
  name: 'bronze_daily_quality',
  description: 'How good what landed is, by day of the files.',
  columns: {
    processing_date: 'Date',
    total_records: 'UInt64',
    valid_records: 'UInt64',
    null_customer_ids: 'UInt64',
    bad_quantities: 'UInt64',
    bad_price: 'UInt64',
    rescued_records: 'UInt64',
    refused_files: 'UInt64',
  },
  metrics: supersetMetrics('bronze_daily_quality'),
};

export const LAYERS: Dataset = {
  ...mart,
  name: 'daily_counts',
  description: 'Lines of each day in every layer.',
  columns: {
    invoice_date: 'Date',
    bronze: 'UInt64',
    silver: 'UInt64',
    returns: 'UInt64',
    quarantined: 'UInt64',
    gold: 'UInt64',
  },
  metrics: [
    metricOfColumn({ name: 'bronze', title: 'Landed', sql: 'sum(bronze)', description: 'Lines as they came.' }),
    metricOfColumn({ name: 'silver', title: 'Valid', sql: 'sum(silver)', description: 'Lines that break no rule.' }),
    metricOfColumn({ name: 'gold', title: 'Used', sql: 'sum(gold)', description: 'Lines that customers are made of.' }),
    metricOfColumn({
      name: 'quarantined',
      title: 'Quarantined',
      sql: 'sum(quarantined)',
      description: 'Lines that break a rule; they are kept apart.',
    }),
  ],
};

export const RULES: Dataset = {
  ...mart,
  name: 'retail_rule_results',
  description: 'Every rule of the data contract, and how much broke it.',
  columns: {
    rule: 'String',
    layer: 'String',
    meaning: 'String',
    on_failure: 'String',
    checked: 'UInt64',
    broken: 'UInt64',
  },
  metrics: [
    metricOfColumn({ name: 'broken', title: 'Broken', sql: 'sum(broken)', description: 'What broke the rule.' }),
    metricOfColumn({
      name: 'checked',
      title: 'Checked',
      sql: 'sum(checked)',
      description: 'What the rule was applied to.',
    }),
  ],
};

export const BRONZE_SILVER: Dataset = {
  ...mart,
  name: 'bronze_silver_dq_comparison',
  description: 'Defects before and after cleaning, by day.',
  columns: {
    layer: 'String',
    date: 'Date',
    total_records: 'UInt64',
    null_customer_ids: 'UInt64',
    bad_quantities: 'UInt64',
  },
  metrics: [
    metricOfColumn({
      name: 'layer_records',
      title: 'Records',
      sql: 'if(uniqExact(layer) <= 1, sum(total_records), NULL)',
      description: 'Lines of one layer.',
    }),
    metricOfColumn({
      name: 'layer_null_customers',
      title: 'Without a customer',
      sql: 'if(uniqExact(layer) <= 1, sum(null_customer_ids), NULL)',
      description: 'Lines of one layer without a customer.',
    }),
  ],
};

export const LIVE_VS_BATCH: Dataset = {
  ...mart,
  name: 'live_vs_batch',
  description: 'Figures of each day as the live path and as the marts have them.',
  columns: { kpi: 'String', day: 'Date32', source: 'String', currency: 'String', metric: 'String', state: 'String' },
  metrics: [
    metricOfColumn({ name: 'figures', title: 'Figures', sql: 'count()', description: 'Compared figures of a day.' }),
  ],
};

export const FILES: Dataset = {
  ...live,
  name: 'files',
  schema: 'ops',
  description: 'Files that were found, in their newest state.',
  sql: 'SELECT DISTINCT ON (source, key) source, key, dataset, status, rows, finished_at FROM ops.files ORDER BY source, key, id DESC',
  columns: { source: 'text', key: 'text', dataset: 'text', status: 'text', rows: 'bigint', finished_at: 'timestamptz' },
  metrics: [metricOfColumn({ name: 'files', title: 'Files', sql: 'count(*)', description: 'Files in this state.' })],
};

/**
 * With the name of the database: at the beginning Superset's parser takes `stream`, in quotes too, for a keyword, and writes
 * FROM STREAM dead_letters.
 */
export const DEAD_LETTERS_TABLE = 'ebb.stream.dead_letters';

export const DEAD_LETTERS: Dataset = {
  ...live,
  name: 'dead_letters',
  schema: 'stream',
  description: 'Messages that nobody could accept.',
  sql: `SELECT * FROM ${DEAD_LETTERS_TABLE}`,
  columns: { service: 'text', kind: 'text', code: 'text', failed_at: 'timestamptz' },
  metrics: [
    metricOfColumn({
      name: 'open_dead_letters',
      title: 'Dead letters',
      sql: 'count(*) FILTER (WHERE replayed_at IS NULL AND dropped_at IS NULL)',
      description: 'Neither replayed nor dropped.',
    }),
  ],
};

export const LEDGER: Dataset = {
  ...live,
  name: 'ledger_cycle',
  schema: 'ops',
  description: 'The newest comparison of every hop with the next.',
  sql: 'SELECT * FROM ops.ledger_cycles ORDER BY id DESC LIMIT 1',
  columns: { finished_at: 'timestamptz', rows_checked: 'bigint', open_findings: 'integer' },
  metrics: [
    metricOfColumn({
      name: 'open_findings',
      title: 'Open findings',
      sql: 'max(open_findings)',
      description: 'Rows that differ between two hops and are not repaired.',
    }),
  ],
};
