import { z } from 'zod';
import { count, day, instant } from './fields.ts';

/** What is not as it should be, as `ebb alerts` tells it. */
export const conditionSchema = z.object({
  condition: z.string(),
  /** The hop, slot, reason, table or topic it concerns. */
  subject: z.string(),
  since: instant.nullable(),
  detail: z.string(),
  advice: z.string(),
});

/** A logical replication slot of the database, and the write-ahead log that is kept for it. */
export const slotSchema = z.object({
  name: z.string(),
  isActive: z.boolean(),
  inactiveSince: instant.nullable(),
  walStatus: z.string().nullable(),
  /** Log that the reader of the slot has not confirmed yet. */
  lagBytes: count,
  /** Log that may still be written before the slot is lost; null where nothing limits it. */
  safeBytes: count.nullable(),
});

/** One slot's time of feeding the warehouse. */
export const epochSchema = z.object({
  epoch: count,
  reason: z.string(),
  startedAt: instant,
  /** Null while the first snapshot is under way. */
  snapshotCompletedAt: instant.nullable(),
});

export const capturedTableSchema = z.object({
  name: z.string(),
  isPublished: z.boolean(),
  /** Only tables with a primary key that is checked at once can be captured. */
  hasKey: z.boolean(),
  /** Why it is being read again; null where it is not. */
  rereadReason: z.string().nullable(),
  /** What the sink made of it; null where the warehouse does not know it or did not answer. */
  warehouse: z.object({ status: z.string(), reason: z.string() }).nullable(),
});

export const pipelineSchema = z.object({
  serverTime: instant,
  conditions: z.array(conditionSchema),
  slots: z.array(slotSchema),
  epoch: epochSchema.nullable(),
  /** The row that is updated all the time, so that the slot moves on while captured tables rest. */
  heartbeatAt: instant.nullable(),
  tables: z.array(capturedTableSchema),
  /** Why nothing is known of the warehouse's side; null when it answered. */
  warehouseProblem: z.string().nullable(),
});

export const cycleSchema = z.object({
  startedAt: instant,
  finishedAt: instant,
  rows: count,
  engineSeconds: z.number(),
  openFindings: count,
  oldestUnverifiedSeconds: z.number().nullable(),
  /** What could not be checked, and why. */
  problems: z.array(z.string()),
});

/** Rows of a table that both engines were found equal in. */
export const coverageSchema = z.object({
  table: z.string(),
  ranges: count,
  rows: count,
  /** Of the range that was not verified for longest; null where one never was. */
  oldestVerifiedAt: instant.nullable(),
});

export const FINDING_STATES = ['open', 'repaired', 'closed'] as const;

export const findingSchema = z.object({
  id: z.string(),
  table: z.string(),
  key: z.record(z.string(), z.string()),
  kind: z.string(),
  /** Null where what is left does not tell. */
  hop: z.string().nullable(),
  store: z.string(),
  firstSeen: instant,
  repairedAt: instant.nullable(),
  closedAt: instant.nullable(),
  /** Why it was not repaired. */
  problem: z.string().nullable(),
});

export const ledgerSchema = z.object({
  serverTime: instant,
  /** The newest first. */
  cycles: z.array(cycleSchema),
  coverage: z.array(coverageSchema),
  /** open: not repaired. repaired: not found right again yet. closed: a later check found it right. */
  states: z.record(z.enum(FINDING_STATES), count),
});

export const findingsSchema = z.object({
  serverTime: instant,
  total: count,
  offset: count,
  limit: count,
  findings: z.array(findingSchema),
});

export const JOB_STATUSES = ['queued', 'running', 'done', 'failed'] as const;

export const jobSchema = z.object({
  id: z.string(),
  kind: z.string(),
  key: z.string(),
  status: z.enum(JOB_STATUSES),
  requestedAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  attempts: count,
  error: z.string().nullable(),
  /** What was done, in figures. */
  figures: z.record(z.string(), z.number()),
  steps: count,
  stepsDone: count,
  /** Where it scored customers. */
  run: z
    .object({
      source: z.string(),
      asOf: day,
      state: z.enum(['open', 'held', 'published']),
      modelId: z.string().nullable(),
    })
    .nullable(),
});

export const jobsSchema = z.object({
  serverTime: instant,
  /** Every kind there is, whatever was asked for. */
  kinds: z.array(z.object({ kind: z.string(), jobs: count, failed: count })),
  total: count,
  offset: count,
  limit: count,
  jobs: z.array(jobSchema),
});

export const buildSchema = z.object({
  id: z.string(),
  state: z.enum(['building', 'published', 'failed', 'replaced']),
  /** Why it failed; else empty. */
  reason: z.string(),
  asOf: day,
  asOfRetail: day.nullable(),
  startedAt: instant,
  builtAt: instant,
  models: count,
  testsPassed: count,
  testsWarned: count,
  /** What the first failed models and tests said. */
  failures: z.array(z.object({ node: z.string(), message: z.string() })),
});

export const buildsSchema = z.object({
  serverTime: instant,
  /** The one that readers see; null before the first. */
  current: z.string().nullable(),
  total: count,
  offset: count,
  limit: count,
  builds: z.array(buildSchema),
});

/** A model of dbt: when it was last made, and what became of it when it was last tried. */
export const builtModelSchema = z.object({
  name: z.string(),
  status: z.string(),
  /** Null where it never succeeded. */
  builtAt: instant.nullable(),
  buildId: z.string().nullable(),
  seconds: z.number().nullable(),
});

export const builtModelsSchema = z.object({
  serverTime: instant,
  total: count,
  offset: count,
  limit: count,
  models: z.array(builtModelSchema),
});

/** What was learned from customers. */
export const learnedModelSchema = z.object({
  id: z.string(),
  kind: z.string(),
  source: z.string(),
  algorithm: z.string(),
  role: z.enum(['challenger', 'champion', 'retired']),
  rows: count,
  asOf: day,
  trainedAt: instant,
  promotedAt: instant.nullable(),
  /** Why it is held back; empty where it is not. */
  heldReasons: z.array(z.string()),
});

export const learnedModelsSchema = z.object({
  serverTime: instant,
  total: count,
  offset: count,
  limit: count,
  models: z.array(learnedModelSchema),
});

export type Condition = z.infer<typeof conditionSchema>;
export type Slot = z.infer<typeof slotSchema>;
export type CaptureEpoch = z.infer<typeof epochSchema>;
export type CapturedTable = z.infer<typeof capturedTableSchema>;
export type Pipeline = z.infer<typeof pipelineSchema>;
export type LedgerCycle = z.infer<typeof cycleSchema>;
export type LedgerCoverage = z.infer<typeof coverageSchema>;
export type Ledger = z.infer<typeof ledgerSchema>;
export type FindingState = (typeof FINDING_STATES)[number];
export type Finding = z.infer<typeof findingSchema>;
export type Findings = z.infer<typeof findingsSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Jobs = z.infer<typeof jobsSchema>;
export type Build = z.infer<typeof buildSchema>;
export type Builds = z.infer<typeof buildsSchema>;
export type BuiltModel = z.infer<typeof builtModelSchema>;
export type BuiltModels = z.infer<typeof builtModelsSchema>;
export type LearnedModel = z.infer<typeof learnedModelSchema>;
export type LearnedModels = z.infer<typeof learnedModelsSchema>;
