import {
  type BuildFailure,
  type Clickhouse,
  createClickhouse,
  currentPublication,
  listPublications,
  type Publication,
  readBuildFailures,
} from '@ebb/clickhouse';
import type { BuildAttempt } from '../api/report-schema.ts';
import { DashboardError } from '../errors.ts';
import { Edition } from './edition.ts';
import { isoOf } from './instants.ts';
import { KeptAnswers } from './kept-answers.ts';
import { SharedRead } from './shared-read.ts';

export interface WarehouseOptions {
  /** Of a user who may only read. */
  url: string;
  /** Longest query. */
  timeoutMs: number;
}

const MAX_CONNECTIONS = 8;
/** More rows than any page asks for: a query that forgot its limit is refused instead of filling the memory. */
const MAX_RESULT_ROWS = 20_000;

/** The published marts, read-only. Connects nothing by itself. */
export class Warehouse {
  readonly #clickhouse: Clickhouse;
  readonly #publications: SharedRead<[Publication | null, Publication[]]>;
  /** What follows from a publication alone: its marts never change. */
  readonly answers = new KeptAnswers();

  constructor({ url, timeoutMs }: WarehouseOptions) {
    this.#clickhouse = createClickhouse({
      url,
      applicationName: 'ebb-dashboard',
      requestTimeoutMs: timeoutMs,
      maxConnections: MAX_CONNECTIONS,
      settings: { max_execution_time: Math.ceil(timeoutMs / 1000), max_result_rows: MAX_RESULT_ROWS },
    });
    this.#publications = new SharedRead(() =>
      Promise.all([currentPublication(this.#clickhouse), listPublications(this.#clickhouse, 1)]),
    );
  }

  /** What is published now, asked once per request; raises NOTHING_PUBLISHED before the first build. */
  async open(): Promise<{ edition: Edition; attempt: BuildAttempt | null }> {
    const [current, [newest]] = await this.#publications.get();
    if (current !== null) {
      return { edition: new Edition(this.#clickhouse, current), attempt: attemptAfter(current, newest) };
    }
    const why = newest?.state === 'failed' ? ` The last build failed: ${newest.reason}.` : '';
    throw new DashboardError('NOTHING_PUBLISHED', `No build is published yet; run “ebb build”.${why}`);
  }

  /** Rows of what is no mart, and so of no publication: what landed, and what services keep. */
  query<T>(sql: string, params: Record<string, unknown> = {}): Promise<T[]> {
    return this.#clickhouse.query<T>(sql, params);
  }

  /** Null before the first build is published. */
  current(): Promise<Publication | null> {
    return currentPublication(this.#clickhouse);
  }

  /** Builds of any state, newest first. */
  builds({ limit, offset }: { limit: number; offset: number }): Promise<Publication[]> {
    return listPublications(this.#clickhouse, limit, offset);
  }

  /** What the first failed models and tests of each of these builds said, so many at most. */
  buildFailures(ids: readonly string[], most: number): Promise<BuildFailure[]> {
    return readBuildFailures(this.#clickhouse, ids, most);
  }

  close(): Promise<void> {
    return this.#clickhouse.close();
  }
}

/** The newest build, where it came after the one that is read and is not published. */
function attemptAfter(current: Publication, newest: Publication | undefined): BuildAttempt | null {
  if (newest === undefined || newest.id === current.id || newest.startedAt < current.startedAt) return null;
  const { id, state, reason } = newest;
  if (state !== 'building' && state !== 'failed') return null;
  return { id, state, reason, startedAt: isoOf(newest.startedAt) };
}
