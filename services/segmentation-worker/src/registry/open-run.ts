import { type Clickhouse, currentPublication, findPublication, type Publication } from '@ebb/clickhouse';
import type { JobIdentity } from '@ebb/postgres';
import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { publishedRun } from '../publish/publication.ts';
import { type ModelRun, runIdOf, RunsStore } from './runs-store.ts';

export interface OpenRun {
  readonly run: ModelRun;
  /** What it reads. */
  readonly publication: Publication;
}

/** The day of which a build is a picture for a source; raises where nobody is there, or another day is asked for. */
export type DayOf = (
  clickhouse: Clickhouse,
  publication: Publication,
  request: { source: string; asked: string | undefined },
) => Promise<string>;

export interface RunRequest {
  readonly kind: string;
  readonly source: string;
  readonly asked: string | undefined;
  readonly dayOf: DayOf;
}

/**
 * The run of this job and the build of the marts it reads. A job that starts over reads what it read before, and is
 * compared with the same run: its own, published by an attempt that was then killed, is not its predecessor.
 */
export async function openRun(
  { pool, clickhouse }: Pick<WorkerParts, 'pool' | 'clickhouse'>,
  job: JobIdentity,
  { kind, source, asked, dayOf }: RunRequest,
): Promise<OpenRun> {
  const runs = new RunsStore(pool);
  const known = await runs.find(runIdOf(job));
  if (known !== null) return reopen(runs, clickhouse, { run: known, dayOf });
  const publication = await mustBePublished(clickhouse);
  const asOf = await dayOf(clickhouse, publication, { source, asked });
  const previous = await publishedRun(clickhouse, kind, source);
  const previousRunId = previous?.runId ?? null;
  const run = await runs.open(job, { kind, source, asOf, publicationId: publication.id, previousRunId });
  return { run, publication };
}

/** The current build; raises NO_PUBLICATION before the first. */
export async function mustBePublished(clickhouse: Clickhouse): Promise<Publication> {
  const publication = await currentPublication(clickhouse);
  if (publication !== null) return publication;
  throw new WorkerError('NO_PUBLICATION', 'no build of the marts is published yet: run ebb build first');
}

async function reopen(
  runs: RunsStore,
  clickhouse: Clickhouse,
  { run, dayOf }: { run: ModelRun; dayOf: DayOf },
): Promise<OpenRun> {
  const before = run.publicationId === null ? null : await findPublication(clickhouse, run.publicationId);
  if (before !== null && (await isThere(clickhouse, before.database))) return { run, publication: before };
  const publication = await mustBePublished(clickhouse);
  await dayOf(clickhouse, publication, { source: run.source, asked: run.asOf });
  await runs.moveTo(run.runId, publication.id);
  return { run: { ...run, publicationId: publication.id }, publication };
}

/** Builds are dropped after three further publications. */
async function isThere(clickhouse: Clickhouse, database: string): Promise<boolean> {
  const rows = await clickhouse.query('SELECT name FROM system.databases WHERE name = {database: String}', {
    database,
  });
  return rows.length > 0;
}
