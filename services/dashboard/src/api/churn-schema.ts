import { z } from 'zod';
import { reasonSchema } from './customers-schema.ts';
import { amount, count, day, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

const share = z.number().min(0).max(1);

/** How a model that knew less foretold what is known by now. */
export const backTestSchema = z.object({
  asOf: day,
  /** What exactly churned means. */
  meaning: z.string(),
  method: z.enum(['time', 'folds']),
  horizonDays: count,
  trainingCustomers: count,
  trainingChurned: count,
  customers: count,
  churned: count,
  rocAuc: share,
  prAuc: share,
  logLoss: z.number(),
  brier: share,
  /** Expected calibration error. */
  ece: share,
  /** ROC AUC of single features: what a model has to be better than. */
  baselines: z.array(z.object({ feature: z.string(), rocAuc: share })),
});

/** A tenth of the customers of the back-test, by rising score. */
export const calibrationBinSchema = z.object({
  bin: count,
  customers: count,
  predicted: share,
  observed: share,
  /** 90 % interval of the observed share. */
  low: share,
  high: share,
});

/** Of those with the highest scores: how many of all who churned are among them. */
export const liftSchema = z.object({ share, customers: count, captured: share, lift: z.number() });

export const clusterValueSchema = z.object({
  /** Empty: in no cluster. */
  cluster: z.string(),
  customers: count,
  total: amount,
  average: amount,
  /** Mean probability of not having left for good. */
  alive: share,
});

export const churnSchema = reportSchema.extend({
  /** With scores or values. */
  sources: z.array(z.string()),
  source: z.string(),
  /** Of the values; null where the source is unknown to the marts. */
  currency: z.string().nullable(),
  /** Null before the first published run of churn_scores. */
  backTest: backTestSchema.nullable(),
  calibration: z.array(calibrationBinSchema),
  lift: z.array(liftSchema),
  /** Null before the first published run of clv. */
  value: z.object({ asOf: day, horizonDays: count, clusters: z.array(clusterValueSchema) }).nullable(),
});

export const riskSchema = z.object({
  customerId: z.string(),
  probability: share,
  low: share,
  high: share,
  comparableCustomers: count,
  riskDecile: z.int().min(1).max(10),
  /** What raises it most; null where nothing does. */
  reason: reasonSchema.nullable(),
  /** Null where no value is known. */
  value: amount.nullable(),
});

export const risksSchema = reportSchema.extend({
  source: z.string(),
  asOf: day.nullable(),
  total: count,
  offset: count,
  limit: count,
  customers: z.array(riskSchema),
});

export const CELL_UNITS = ['text', 'day', 'count', 'amount', 'percent', 'share', 'hours', 'number'] as const;

/** One of the bank's eight analyses: what it lets one say, and its table. */
export const analysisSchema = z.object({
  analysis: z.int().min(1).max(8),
  title: z.string(),
  /** Cases of the whole, or of the largest group. */
  n: count,
  verdict: z.enum(['ok', 'not enough data']),
  insight: z.string(),
  recommendation: z.string(),
  columns: z.array(z.object({ title: z.string(), unit: z.enum(CELL_UNITS) })),
  /** Cells in the order of the columns, as decimal text; null where there is no figure. */
  rows: z.array(z.array(z.string().nullable())),
});

export const bankSchema = reportSchema.extend({
  /** 0 before any record of a bank was built. */
  customers: count,
  values: metricValues,
  analyses: z.array(analysisSchema),
});

export type BackTest = z.infer<typeof backTestSchema>;
export type CalibrationBin = z.infer<typeof calibrationBinSchema>;
export type Lift = z.infer<typeof liftSchema>;
export type ClusterValue = z.infer<typeof clusterValueSchema>;
export type Churn = z.infer<typeof churnSchema>;
export type Risk = z.infer<typeof riskSchema>;
export type Risks = z.infer<typeof risksSchema>;
export type CellUnit = (typeof CELL_UNITS)[number];
export type Analysis = z.infer<typeof analysisSchema>;
export type Bank = z.infer<typeof bankSchema>;
