import type { Clickhouse } from '@ebb/clickhouse';
import { uuidV5 } from '@ebb/core';
import { mustBePublished } from '../registry/open-run.ts';

/** A run that readers see. */
export interface PublishedModelRun {
  readonly kind: string;
  readonly source: string;
  readonly run_id: string;
  readonly write_id: string;
  readonly published_at: string;
}

/** All that readers see of customers at one moment. */
export interface LakeState {
  /** The same for the same state: what is published once more, as by a rollback, is another one. */
  readonly runId: string;
  readonly publicationId: string;
  /** Of the marts; it never changes. */
  readonly database: string;
  readonly modelRuns: readonly PublishedModelRun[];
}

/** Namespace of the ids of exports (RFC 9562, section 6.6): this project's own, drawn once. */
const EXPORTS = '4b2f7d53-0c6e-4c0b-8f0a-2f5d1f8f9a66';

/** Raises NO_PUBLICATION before the first build. */
export async function readLakeState(clickhouse: Clickhouse): Promise<LakeState> {
  const { id, database } = await mustBePublished(clickhouse);
  const modelRuns = await clickhouse.query<PublishedModelRun>(
    `SELECT kind, source, toString(run_id) AS run_id, toString(write_id) AS write_id, toString(published_at) AS published_at
     FROM ml.published ORDER BY kind, source`,
  );
  const names = modelRuns.map(({ kind, source, run_id, published_at }) => [kind, source, run_id, published_at]);
  return { runId: uuidV5(EXPORTS, JSON.stringify([id, names])), publicationId: id, database, modelRuns };
}
