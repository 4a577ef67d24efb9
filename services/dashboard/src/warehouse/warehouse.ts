import {
  type BuildFailure,
  type Clickhouse,
  createClickhouse,
  currentAndOther,
  listPublications,
  type Publication,
  readBuildFailures,
} from '@ebb/clickhouse';
import type { BuildAttempt } from '../api/report-schema.ts';
import { DashboardError } from '../errors.ts';
import { Edition } from './edition.ts';
import { isoOf } from './instants.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type ModelRuns, readModelRuns } from './model-run.ts';
import { SharedRead } from './shared-read.ts';

export interface WarehouseOptions {
  /** Of a user who may only read. */
  url: string;
  /** Longest query. */
  timeoutMs: number;
}

const MAX_CONNECTIONS = 6;
/** Asked together to know what is published. */
const POINTER_QUERIES = 2;
/** What is published is as old as this at most: nobody notices, and many readers cost no more than a few. */
const POINTER_AGE_MS = 500;
/** More rows than any page asks for: a query that forgot its limit is refused instead of filling the memory. */
const MAX_RESULT_ROWS = 20_000;

/** What readers are to read at a moment. */
interface Pointer {
  readonly current: Publication | null;
  /** The newest build that they are not to read. */
  readonly other: Publication | null;
  readonly runs: ModelRuns;
}

/** The published marts, read-only. Connects nothing by itself. */
export class Warehouse {
  readonly #clickhouse: Clickhouse;
  /** Connections of their own, so that an answer that is kept waits for nobody's query. */
  readonly #pointer: Clickhouse;
  readonly #publications: SharedRead<Pointer>;
  /** What follows from an edition alone. */
  readonly answers = new KeptAnswers();

  constructor({ url, timeoutMs }: WarehouseOptions) {
    const connect = (maxConnections: number): Clickhouse =>
      createClickhouse({
        url,
        applicationName: 'ebb-dashboard',
        requestTimeoutMs: timeoutMs,
        maxConnections,
        settings: { max_execution_time: Math.ceil(timeoutMs / 1000), max_result_rows: MAX_RESULT_ROWS },
      });
    this.#clickhouse = connect(MAX_CONNECTIONS);
    this.#pointer = connect(POINTER_QUERIES);
    this.#publications = new SharedRead(async () => {
      const [publications, runs] = await Promise.all([currentAndOther(this.#pointer), readModelRuns(this.#pointer)]);
      return { ...publications, runs };
    }, POINTER_AGE_MS);
  }

  /** What is published now, asked once per request; raises NOTHING_PUBLISHED before the first build. */
  async open(): Promise<{ edition: Edition; attempt: BuildAttempt | null }> {
    const { current, other, runs } = await this.#publications.get();
    if (current !== null) {
      const edition = new Edition(this.#clickhouse, this.answers, current, runs);
      return { edition, attempt: attemptAfter(current, other) };
    }
    const why = other?.state === 'failed' ? ` The last build failed: ${other.reason}.` : '';
    throw new DashboardError('NOTHING_PUBLISHED', `No build is published yet; run “ebb build”.${why}`);
  }

  /** Rows of what is no mart, and so of no publication: what landed, and what services keep. */
  query<T>(sql: string, params: Record<string, unknown> = {}): Promise<T[]> {
    return this.#clickhouse.query<T>(sql, params);
  }

  /** Null before the first build is published. */
  async current(): Promise<Publication | null> {
    return (await this.#publications.get()).current;
  }

  /** Builds of any state, newest first. */
  builds({ limit, offset }: { limit: number; offset: number }): Promise<Publication[]> {
    return listPublications(this.#clickhouse, limit, offset);
  }

  /** What the first failed models and tests of each of these builds said, so many at most. */
  buildFailures(ids: readonly string[], most: number): Promise<BuildFailure[]> {
    return readBuildFailures(this.#clickhouse, ids, most);
  }

  async close(): Promise<void> {
    await Promise.all([this.#clickhouse.close(), this.#pointer.close()]);
  }
}

/** The newest build, where it came after the one that is read and is not published. */
function attemptAfter(current: Publication, other: Publication | null): BuildAttempt | null {
  if (other === null || other.startedAt < current.startedAt) return null;
  const { id, state, reason } = other;
  if (state !== 'building' && state !== 'failed') return null;
  return { id, state, reason, startedAt: isoOf(other.startedAt) };
}
