import { supersetMetrics } from '@ebb/contracts';
import type { Dataset } from './asset-types.ts';
import { metricOfColumn } from './metric-of-column.ts';

const mart = { database: 'clickhouse', schema: 'marts' } as const;

export const RETAIL_CUSTOMERS: Dataset = {
  ...mart,
  name: 'customer_segments',
  description: "The retailer's customers with their segments, as of the last day of the files.",
  columns: {
    CustomerID: 'String',
    Recency: 'Int32',
    Frequency: 'UInt32',
    Monetary: 'Decimal(38, 2)',
    value_tier: 'String',
    engagement: 'String',
    segment: 'String',
    as_of: 'Date',
  },
  metrics: [
    ...supersetMetrics('customer_segments'),
    metricOfColumn({
      name: 'segments',
      title: 'Segments',
      sql: 'uniqExact(segment)',
      description: 'Segments that have a customer; there are twelve.',
    }),
  ],
};

export const RETAIL_ADVICE: Dataset = {
  ...mart,
  name: 'segment_advice',
  description: 'What to do about each segment.',
  sql: `SELECT s.segment AS segment, s.value_tier AS value_tier, s.engagement AS engagement,
  r.recommendation AS recommendation, s.Customer_Count AS customers
FROM marts.segment_summary AS s
INNER JOIN marts.segment_recommendations AS r ON r.segment = s.segment`,
  columns: {
    segment: 'String',
    value_tier: 'String',
    engagement: 'String',
    recommendation: 'String',
    customers: 'UInt32',
  },
  metrics: [
    metricOfColumn({ name: 'customers', title: 'Customers', sql: 'sum(customers)', description: 'Of the segment.' }),
  ],
};

export const RETAIL_CLUSTERS: Dataset = {
  database: 'clickhouse',
  schema: 'ml',
  name: 'rfm_clusters',
  description: "Clusters of the retailer's customers by the worker, with what to do about each.",
  sql: `SELECT s.ClusterLabel AS cluster, d.Recommendation AS recommendation, s.Customer_Count AS Customer_Count,
  s.Total_Revenue AS Total_Revenue, s.Med_Recency AS Med_Recency, s.Med_Frequency AS Med_Frequency,
  s.Med_Monetary AS Med_Monetary
FROM (SELECT * FROM ml.cluster_summary WHERE source = 'retail_files') AS s
INNER JOIN (SELECT * FROM ml.cluster_description_and_recommendation WHERE source = 'retail_files') AS d
  ON d.Cluster = s.Cluster`,
  columns: {
    cluster: 'String',
    recommendation: 'String',
    Customer_Count: 'UInt32',
    Total_Revenue: 'Decimal(38, 4)',
    Med_Recency: 'Decimal(38, 4)',
    Med_Frequency: 'Decimal(38, 4)',
    Med_Monetary: 'Decimal(38, 4)',
  },
  metrics: [
    metricOfColumn({
      name: 'cluster_customers',
      title: 'Customers',
      sql: 'sum(Customer_Count)',
      description: 'Of the cluster.',
    }),
    metricOfColumn({
      name: 'cluster_revenue',
      title: 'Revenue',
      sql: 'sum(Total_Revenue)',
      format: ',.2f',
      description: 'Gross, of the customers of the cluster.',
    }),
    metricOfColumn({
      name: 'cluster_recency',
      title: 'Days since purchase, median',
      sql: 'if(uniqExact(cluster) <= 1, max(Med_Recency), NULL)',
      format: ',.1f',
      description: 'Of the customers of one cluster.',
    }),
    metricOfColumn({
      name: 'cluster_frequency',
      title: 'Invoices, median',
      sql: 'if(uniqExact(cluster) <= 1, max(Med_Frequency), NULL)',
      format: ',.1f',
      description: 'Of the customers of one cluster.',
    }),
  ],
};
