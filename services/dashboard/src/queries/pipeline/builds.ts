import type { BuildFailure, Publication } from '@ebb/clickhouse';
import type { Build, Builds, BuiltModel, BuiltModels } from '../../api/pipeline-schema.ts';
import { isoOf } from '../../warehouse/instants.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { type Page, toCount } from '../rows.ts';

/** What is told of a build that failed at many places. */
const FAILURES_TOLD = 5;

/** Every build there was, published or not, the newest first. */
export async function readBuilds(warehouse: Warehouse, page: Page): Promise<Omit<Builds, 'serverTime'>> {
  const [current, builds, [counted]] = await Promise.all([
    warehouse.current(),
    warehouse.builds(page),
    warehouse.query<{ total: string }>('SELECT toString(count()) AS total FROM marts.publication FINAL'),
  ]);
  // Of what is or was published nothing failed.
  const asked = builds.filter(({ state }) => state === 'failed' || state === 'building').map(({ id }) => id);
  const failures = asked.length === 0 ? [] : await warehouse.buildFailures(asked, FAILURES_TOLD);
  return {
    current: current?.id ?? null,
    total: toCount(counted?.total),
    ...page,
    builds: builds.map((build) => buildOf(build, failures)),
  };
}

function buildOf(build: Publication, failures: readonly BuildFailure[]): Build {
  const { id, state, reason, asOf, asOfRetail, models, testsPassed, testsWarned } = build;
  return {
    id,
    state,
    reason,
    asOf,
    asOfRetail,
    models,
    testsPassed,
    testsWarned,
    startedAt: isoOf(build.startedAt),
    builtAt: isoOf(build.builtAt),
    failures: failures.filter(({ buildId }) => buildId === id).map(({ node, message }) => ({ node, message })),
  };
}

interface ModelRow {
  name: string;
  status: string;
  builtAt: string | null;
  buildId: string | null;
  seconds: number | null;
  total: string;
}

/** Every model of dbt, by its name. */
export async function readBuiltModels(warehouse: Warehouse, page: Page): Promise<Omit<BuiltModels, 'serverTime'>> {
  const rows = await warehouse.query<ModelRow>(
    `SELECT splitByChar('.', r.node_id)[3] AS name, toString(argMax(r.status, r.at)) AS status,
       if(countIf(r.status = 'success') = 0, NULL, toString(maxIf(r.at, r.status = 'success'))) AS builtAt,
       if(countIf(r.status = 'success') = 0, NULL, argMaxIf(r.build_id, r.at, r.status = 'success')) AS buildId,
       if(countIf(r.status = 'success') = 0, NULL, argMaxIf(r.seconds, r.at, r.status = 'success')) AS seconds,
       toString(count() OVER ()) AS total
     FROM ops.dbt_results AS r WHERE r.resource_type = 'model'
     GROUP BY r.node_id ORDER BY name, r.node_id LIMIT {limit: UInt32} OFFSET {offset: UInt64}`,
    { ...page },
  );
  return { total: toCount(rows[0]?.total), ...page, models: rows.map(modelOf) };
}

function modelOf({ name, status, builtAt, buildId, seconds }: ModelRow): BuiltModel {
  return { name, status, builtAt: builtAt === null ? null : isoOf(builtAt), buildId, seconds };
}
