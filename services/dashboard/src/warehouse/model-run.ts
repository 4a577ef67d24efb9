import type { Clickhouse } from '@ebb/clickhouse';

export type ModelKind = 'rfm_segments' | 'behaviour_clusters' | 'churn_scores' | 'clv';

/** A published run of a model. Whoever reads its rows by the write id never mixes two runs. */
export interface ModelRun {
  readonly kind: string;
  readonly source: string;
  readonly runId: string;
  readonly writeId: string;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
}

const NO_ROWS = '00000000-0000-0000-0000-000000000000';

/** The run of each kind that readers see at a moment. */
export class ModelRuns {
  readonly #runs: readonly ModelRun[];

  constructor(runs: readonly ModelRun[]) {
    this.#runs = runs;
  }

  toJSON(): readonly ModelRun[] {
    return this.#runs;
  }

  /** Null before the first of this kind and source. */
  of(kind: ModelKind, source: string): ModelRun | null {
    return this.#runs.find((run) => run.kind === kind && run.source === source) ?? null;
  }

  /** Of the rows to join; before the first run one that no row has. */
  writeIdOf(kind: ModelKind, source: string): string {
    return this.of(kind, source)?.writeId ?? NO_ROWS;
  }

  /** Sources with a run of one of these kinds. */
  sourcesOf(kinds: readonly ModelKind[]): string[] {
    const found = this.#runs.filter(({ kind }) => kinds.some((one) => one === kind));
    return [...new Set(found.map(({ source }) => source))].toSorted();
  }
}

export async function readModelRuns(clickhouse: Clickhouse): Promise<ModelRuns> {
  return new ModelRuns(
    await clickhouse.query<ModelRun>(
      `SELECT toString(p.kind) AS kind, toString(p.source) AS source, toString(p.run_id) AS runId, toString(p.write_id) AS writeId,
         toString(p.as_of) AS asOf
       FROM ml.published AS p ORDER BY kind, source`,
    ),
  );
}
