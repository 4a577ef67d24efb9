import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import {
  buildsSchema,
  builtModelsSchema,
  FINDING_STATES,
  findingsSchema,
  JOB_STATUSES,
  jobsSchema,
  learnedModelsSchema,
  ledgerSchema,
  type Pipeline,
  pipelineSchema,
} from '../api/pipeline-schema.ts';
import { tracesSchema } from '../api/trace-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { readBuilds, readBuiltModels } from '../queries/pipeline/builds.ts';
import {
  readCapturedTables,
  readConditions,
  readEpoch,
  readHeartbeat,
  readSlots,
} from '../queries/pipeline/capture.ts';
import { readJobs, readLearnedModels } from '../queries/pipeline/jobs.ts';
import { readFindings, readLedger } from '../queries/pipeline/ledger.ts';
import { readSinkTables } from '../queries/pipeline/sink-tables.ts';
import { readTraces } from '../queries/trace/trace.ts';
import { serverTime } from '../time/server-time.ts';
import { unlessAway } from '../warehouse/unless-away.ts';
import { optional } from './live-query.ts';
import { pageFields } from './page-query.ts';
import { POSTGRES_REFUSALS, type ReportDeps } from './report.ts';

/** Of endpoints that read what is no publication's. */
const WAREHOUSE_REFUSALS = ['INVALID_QUERY', 'DATABASE_AWAY', 'MART_MISSING', 'QUERY_TIMEOUT', 'INTERNAL'] as const;

type Deps = ReportDeps & { pool: Pool };

/** What moves from the event to the published figure, what waits, what failed, and the way of single rows. */
export function pipelineRoutes(deps: Deps): Route[] {
  return [...captureRoutes(deps), ...ledgerRoutes(deps), ...workRoutes(deps), ...buildRoutes(deps)];
}

function now({ clock }: Deps): { serverTime: string } {
  return { serverTime: serverTime(clock) };
}

function captureRoutes(deps: Deps): Route[] {
  return [
    jsonRoute({
      path: '/api/pipeline',
      summary: 'What is not as it should be, the replication slot and its log, captured tables on both sides.',
      query: z.strictObject({}),
      response: pipelineSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async () => ({ ...now(deps), ...(await readPipeline(deps)) }),
    }),
    jsonRoute({
      path: '/api/pipeline/trace',
      summary:
        'The way of every web event and captured row with an id, hop by hop; what was refused or found wrong under it.',
      query: z.strictObject({ id: z.string().min(1).max(200) }),
      response: tracesSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async ({ id }) => ({
        ...now(deps),
        id,
        ...(await readTraces({ db: deps.pool, warehouse: deps.warehouse, nowMs: deps.clock.nowMs() }, id)),
      }),
    }),
  ];
}

async function readPipeline({ pool, warehouse }: Deps): Promise<Omit<Pipeline, 'serverTime'>> {
  const [conditions, slots, epoch, heartbeatAt, tables, sink] = await Promise.all([
    readConditions(pool),
    readSlots(pool),
    readEpoch(pool),
    readHeartbeat(pool),
    readCapturedTables(pool),
    unlessAway(() => readSinkTables(warehouse)),
  ]);
  return {
    conditions,
    slots,
    epoch,
    heartbeatAt,
    tables: tables.map((table) => ({ ...table, warehouse: sink.answer?.get(table.name) ?? null })),
    warehouseProblem: sink.problem,
  };
}

function ledgerRoutes(deps: Deps): Route[] {
  return [
    jsonRoute({
      path: '/api/pipeline/ledger',
      summary: 'The ledger’s last rounds of checks, what they cover, and findings by state.',
      query: z.strictObject({}),
      response: ledgerSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async () => ({ ...now(deps), ...(await readLedger(deps.pool)) }),
    }),
    jsonRoute({
      path: '/api/pipeline/findings',
      summary: 'What the ledger found wrong, by state: open, repaired and not yet found right, closed.',
      query: z.strictObject({ state: optional(z.enum(FINDING_STATES)), ...pageFields }),
      response: findingsSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async ({ state, ...page }) => ({ ...now(deps), ...(await readFindings(deps.pool, state ?? null, page)) }),
    }),
  ];
}

function workRoutes(deps: Deps): Route[] {
  return [
    jsonRoute({
      path: '/api/pipeline/jobs',
      summary: 'Jobs and what became of them: loads of files, runs of models, exports.',
      query: z.strictObject({
        kind: optional(z.string().max(100)),
        status: optional(z.enum(JOB_STATUSES)),
        ...pageFields,
      }),
      response: jobsSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async ({ kind, status, ...page }) => ({
        ...now(deps),
        ...(await readJobs(deps.pool, { kind: kind ?? null, status: status ?? null }, page)),
      }),
    }),
    jsonRoute({
      path: '/api/pipeline/learned-models',
      summary: 'What was learned from customers: when, from how many, and whether readers see it.',
      query: z.strictObject(pageFields),
      response: learnedModelsSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async (page) => ({ ...now(deps), ...(await readLearnedModels(deps.pool, page)) }),
    }),
  ];
}

function buildRoutes(deps: Deps): Route[] {
  return [
    jsonRoute({
      path: '/api/pipeline/builds',
      summary: 'Builds of the batch layers, published or not, and why one failed.',
      query: z.strictObject(pageFields),
      response: buildsSchema,
      refusals: WAREHOUSE_REFUSALS,
      handle: async (page) => ({ ...now(deps), ...(await readBuilds(deps.warehouse, page)) }),
    }),
    jsonRoute({
      path: '/api/pipeline/models',
      summary: 'Models of dbt: when each was last made, and what became of it when it was last tried.',
      query: z.strictObject(pageFields),
      response: builtModelsSchema,
      refusals: WAREHOUSE_REFUSALS,
      handle: async (page) => ({ ...now(deps), ...(await readBuiltModels(deps.warehouse, page)) }),
    }),
  ];
}
