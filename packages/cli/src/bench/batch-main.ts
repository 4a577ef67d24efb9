import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clickhouse, quoteClickhouseText } from '@ebb/clickhouse';
import { EbbError, must } from '@ebb/core';
import { DBT_PROJECT, type DbtCommand, makeBuild, openBuild, publishBuild, runDbt } from '@ebb/local-stack';
import { openWarehouse } from '../prove/warehouse.ts';
import { insertCustomers, insertEvents, insertOrders, insertRetailYear, lastDay } from './batch-data.ts';

/**
 * A full build over year 1 and five million web events; incremental models after 1 % more events, a tenth of them late,
 * beside what the same models took in full; and both again with ten times the history and as many new rows.
 */
/** Another number of events may be given, to try the benchmark out. */
const EVENTS = Number(process.argv[2] ?? 5_000_000);
const ORDERS = EVENTS / 50;
const NEW_EVENTS = EVENTS / 100;
const NEW_ORDERS = ORDERS / 100;
const DAYS = 365;
const LATE_PERCENT = 10;
const INCREMENTAL = ['+config.materialized:incremental'];

interface Measured {
  build: number;
  full: number;
  incremental: number;
}

console.log('| history | full build | incremental models, full | after 1 % new rows | ratio |');
console.log('| --- | ---: | ---: | ---: | ---: |');
const one = await measure(1);
print(`year 1 and ${EVENTS / 1e6} million web events`, one);
const ten = await measure(10);
print('ten times the events and orders, as many new rows', ten);
console.log(
  `\nTen times the history: the new rows take ${(ten.incremental / one.incremental).toFixed(2)} times as long.`,
);

async function measure(times: number): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-bench-batch-'));
  const warehouse = await openWarehouse(directory, DBT_PROJECT);
  const { clickhouse, url } = warehouse;
  try {
    await fill(clickhouse, times);
    // The first build of a machine compiles nothing more than later ones do: dbt reads the project every time.
    const first = await build({ url, directory, number: 1, select: times === 1 ? [] : INCREMENTAL });
    await insertEvents(clickhouse, { from: EVENTS * times, count: NEW_EVENTS, days: 1, latePercent: LATE_PERCENT });
    await insertOrders(clickhouse, { from: ORDERS * times, count: NEW_ORDERS, days: 1 });
    const second = await build({ url, directory, number: 2, select: times === 1 ? [] : INCREMENTAL });
    return {
      build: first.seconds,
      full: await incrementalSeconds(clickhouse, first.id),
      incremental: await incrementalSeconds(clickhouse, second.id),
    };
  } finally {
    await warehouse.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fill(clickhouse: Clickhouse, times: number): Promise<void> {
  await insertRetailYear(clickhouse);
  await insertCustomers(clickhouse, 50_000);
  await insertEvents(clickhouse, { from: 0, count: EVENTS * times, days: DAYS * times, latePercent: 0 });
  await insertOrders(clickhouse, { from: 0, count: ORDERS * times, days: DAYS * times });
}

interface BuildPlan {
  url: string;
  directory: string;
  number: number;
  select: readonly string[];
}

/** As `ebb build` does it: one process of Python opens, builds and tests, and publishes. */
async function build({ url, directory, number, select }: BuildPlan): Promise<{ id: string; seconds: number }> {
  const id = `p2026070100000${number}_be2c`;
  // Parts of a build that is never published, so nothing has to be taken over.
  const commands: DbtCommand[] = [openBuild(id, { asOf: lastDay() }), makeBuild(id, { select })];
  if (select.length === 0) commands.push(publishBuild(id, {}));
  const startedAt = performance.now();
  const { code, output } = await runDbt({ clickhouseUrl: url, workDirectory: directory, commands });
  if (code !== 0) throw new EbbError('BENCHMARK_FAILED', `the build ended with ${code}:\n${output.slice(-4_000)}`);
  return { id, seconds: (performance.now() - startedAt) / 1_000 };
}

async function incrementalSeconds(clickhouse: Clickhouse, id: string): Promise<number> {
  const rows = await clickhouse.query<{ seconds: number }>(
    `SELECT sum(seconds) AS seconds FROM ops.dbt_results WHERE build_id = ${quoteClickhouseText(id)}
     AND resource_type = 'model' AND splitByChar('.', node_id)[-1] IN (
       SELECT DISTINCT splitByChar('.', toString(model))[2] FROM ops.model_vector)`,
  );
  return must(rows[0], 'one row').seconds;
}

function print(history: string, { build, full, incremental }: Measured): void {
  const ratio = `${((incremental / full) * 100).toFixed(0)} %`;
  console.log(`| ${history} | ${build.toFixed(0)} s | ${full.toFixed(1)} s | ${incremental.toFixed(1)} s | ${ratio} |`);
}
