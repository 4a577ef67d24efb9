import type { Clickhouse } from '@ebb/clickhouse';

/** A row of `ml.publication`. */
export interface PublishedRun {
  readonly kind: string;
  readonly source: string;
  readonly runId: string;
  readonly writeId: string;
  readonly modelId: string;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
}

/** The run that readers see; null before the first. */
export async function publishedRun(clickhouse: Clickhouse, kind: string, source: string): Promise<PublishedRun | null> {
  const [row] = await clickhouse.query<PublishedRun>(
    `SELECT kind, source, toString(run_id) AS runId, toString(write_id) AS writeId, toString(model_id) AS modelId,
       toString(as_of) AS asOf
     FROM ml.published WHERE kind = {kind: String} AND source = {source: String}`,
    { kind, source },
  );
  return row ?? null;
}

/**
 * Makes a run what readers see, in all tables at once: they are views over whatever this one row points to. Only one
 * process at a time may do it, as the holder of the worker's lock.
 */
export async function publishRun(clickhouse: Clickhouse, run: PublishedRun): Promise<void> {
  const [row] = await clickhouse.query<{ version: string }>('SELECT max(_version) AS version FROM ml.publication');
  const next = {
    kind: run.kind,
    source: run.source,
    run_id: run.runId,
    write_id: run.writeId,
    model_id: run.modelId,
    as_of: run.asOf,
    published_at: new Date().toISOString().replace('T', ' ').replace('Z', ''),
    _version: String(BigInt(row?.version ?? 0) + 1n),
  };
  await clickhouse.insert('ml.publication', {
    columns: Object.keys(next),
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify(next)),
  });
}
