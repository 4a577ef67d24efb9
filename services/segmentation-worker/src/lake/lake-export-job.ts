import { FILES_COLLECTION, quoteClickhouseText } from '@ebb/clickhouse';
import { z } from 'zod';
import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { lakeSelect, type WarehouseColumn } from './lake-columns.ts';
import { exportKey, type LakeManifest, manifestKey, readManifest, writeManifest } from './lake-manifest.ts';
import { type LakeState, readLakeState } from './lake-state.ts';
import { type LakeTable, lakeTables } from './lake-tables.ts';
import { sweepExports } from './sweep-exports.ts';

export const LAKE_EXPORT = 'lake_export';

const exportParams = z.strictObject({});
const PARQUET = {
  // A repeated attempt writes the same file anew.
  s3_truncate_on_insert: 1,
  output_format_parquet_string_as_string: 1,
  output_format_parquet_compression_method: 'zstd',
};

/**
 * Profiles, features and clusters that readers see now, as Parquet in the object store. A state has one export, however
 * often it is asked for; ClickHouse writes the files, so that no row passes this process.
 */
export async function lakeExportJob(
  parts: WorkerParts,
  steps: JobSteps,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  exportParams.parse(given);
  const state = await steps.step('resolve', async () => {
    const value = await readLakeState(parts.clickhouse);
    const { runId, publicationId, modelRuns } = value;
    return { value, message: `export ${runId}: build ${publicationId} and ${modelRuns.length} runs of models` };
  });
  const known = await readManifest(parts.store, state.runId);
  const manifest = known ?? (await steps.step('write', () => writeExport(parts, state, steps.signal)));
  await steps.step('sweep', () => sweep(parts, state.runId));
  return {
    run_id: manifest.run_id,
    manifest: manifestKey(manifest.run_id),
    publication: manifest.publication,
    rows: Object.fromEntries(manifest.tables.map(({ name, rows }) => [name, rows])),
  };
}

async function writeExport(parts: WorkerParts, state: LakeState, signal: AbortSignal): Promise<Stepped<LakeManifest>> {
  const tables: LakeManifest['tables'] = [];
  for (const table of lakeTables(state)) {
    const key = exportKey(state.runId, `${table.name}.parquet`);
    const rows = await writeTable(parts, table, { key, signal });
    if (rows > 0) tables.push({ name: table.name, key, rows });
  }
  const value = await writeManifest(parts.store, {
    run_id: state.runId,
    exported_at: new Date(parts.clock.nowMs()).toISOString(),
    publication: state.publicationId,
    model_runs: state.modelRuns.map(({ kind, source, run_id }) => ({ kind, source, run_id })),
    tables,
  });
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  return { value, message: tables.map((table) => `${table.rows} ${table.name}`).join(', '), metrics: { rows } };
}

/** Rows that stand in the file; none, and no file, for an empty table. */
async function writeTable(
  { clickhouse }: WorkerParts,
  { sql, params }: LakeTable,
  { key, signal }: { key: string; signal: AbortSignal },
): Promise<number> {
  const columns = await clickhouse.query<WarehouseColumn>(`DESCRIBE TABLE (${sql})`, params, { signal });
  const rows = await count(`(${sql})`);
  if (rows === 0) return 0;
  const file = `s3(${FILES_COLLECTION}, filename = ${quoteClickhouseText(key)}, format = 'Parquet')`;
  await clickhouse.command(
    `INSERT INTO FUNCTION ${file} SELECT ${lakeSelect(columns)} FROM (${sql}) ORDER BY source, customer_id`,
    params,
    { settings: PARQUET, signal },
  );
  const written = await count(file);
  if (written === rows) return rows;
  throw new WorkerError('ROWS_MISSING', `${key} holds ${written} rows where ${rows} were written`);

  async function count(from: string): Promise<number> {
    const [found] = await clickhouse.query<{ rows: string }>(`SELECT count() AS rows FROM ${from}`, params, { signal });
    return Number(found?.rows);
  }
}

async function sweep({ store }: WorkerParts, runId: string): Promise<Stepped<number>> {
  const value = await sweepExports(store, runId);
  return { value, message: `${value} files of older exports deleted`, metrics: { deleted: value } };
}
