import { z } from 'zod';
import { amount, count, day, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

export const segmentSchema = z.object({
  segment: z.string(),
  valueTier: z.string(),
  engagement: z.string(),
  recommendation: z.string(),
  /** Empty where nobody is in it. */
  values: metricValues,
});

export const segmentsSchema = reportSchema.extend({
  /** Of the amounts; null before any file of the retailer was built. */
  currency: z.string().nullable(),
  lastDay: day.nullable(),
  /** Of all customers together. */
  all: metricValues,
  segments: z.array(segmentSchema),
});

/** Columns of equal length, one entry per customer. */
export const segmentPointsSchema = reportSchema.extend({
  total: count,
  segments: z.array(z.string()),
  /** Index into `segments`. */
  segment: z.array(count),
  recency: z.array(z.number()),
  frequency: z.array(z.number()),
  /** Drawn, never added up: amounts are in the list of customers. */
  monetary: z.array(z.number()),
});

/** From the lower end on and below the upper one; null: no end. */
export const binSchema = z.object({ from: z.number().nullable(), to: z.number().nullable(), customers: count });

export const segmentDistributionsSchema = reportSchema.extend({
  /** Null: of all customers. */
  segment: z.string().nullable(),
  /** Days since the last purchase. */
  recency: z.array(binSchema),
  frequency: z.array(binSchema),
  monetary: z.array(binSchema),
});

/** Kinds of runs that put customers into clusters. */
export const CLUSTER_KINDS = ['rfm_segments', 'behaviour_clusters'] as const;

const clusterModelSchema = z.object({ kind: z.enum(CLUSTER_KINDS), source: z.string() });

/** What a number of clusters would have come to. */
export const kRowSchema = z.object({
  k: count,
  inertia: z.number(),
  silhouette: z.number(),
  /** Null: the silhouette is that of all customers, no sample. */
  silhouetteStandardError: z.number().nullable(),
  elbow: z.number(),
  score: z.number(),
});

/** Cluster before and now: empty: in none; null: no customer of that run. */
const moveSchema = z.object({ from: z.string().nullable(), to: z.string().nullable(), customers: count });

export const migrationSchema = z.object({
  previousAsOf: day,
  moves: z.array(moveSchema),
  /** Why customers are elsewhere or called otherwise; empty where the kind of run does not say. */
  causes: z.array(z.object({ cause: z.string(), customers: count })),
});

export const segmentClustersSchema = reportSchema.extend({
  /** Published, to choose from. */
  models: z.array(clusterModelSchema),
  kind: z.enum(CLUSTER_KINDS),
  source: z.string(),
  /** Null before the first published run of this kind and source; so is all that follows. */
  asOf: day.nullable(),
  k: count.nullable(),
  /** Why that many. */
  kReason: z.string().nullable(),
  kTable: z.array(kRowSchema),
  /** Null without a run before whose rows are kept. */
  migration: migrationSchema.nullable(),
});

export const SEGMENT_SORTS = ['monetary', 'recency', 'frequency', 'customer'] as const;

export const segmentCustomerSchema = z.object({
  customerId: z.string(),
  segment: z.string(),
  recencyDays: z.int(),
  frequency: count,
  monetary: amount,
  netMonetary: amount,
});

export const segmentCustomersSchema = reportSchema.extend({
  total: count,
  offset: count,
  limit: count,
  customers: z.array(segmentCustomerSchema),
});

export type SegmentSort = (typeof SEGMENT_SORTS)[number];
export type Segment = z.infer<typeof segmentSchema>;
export type SegmentsReport = z.infer<typeof segmentsSchema>;
export type SegmentPoints = z.infer<typeof segmentPointsSchema>;
export type SegmentCustomer = z.infer<typeof segmentCustomerSchema>;
export type SegmentCustomers = z.infer<typeof segmentCustomersSchema>;
export type Bin = z.infer<typeof binSchema>;
export type SegmentDistributions = z.infer<typeof segmentDistributionsSchema>;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];
export type ClusterModel = z.infer<typeof clusterModelSchema>;
export type KRow = z.infer<typeof kRowSchema>;
export type Migration = z.infer<typeof migrationSchema>;
export type SegmentClusters = z.infer<typeof segmentClustersSchema>;
