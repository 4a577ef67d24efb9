import type { SupersetMetric } from '@ebb/contracts';

export type DatabaseName = 'postgres' | 'clickhouse';

/** What a chart reads: a table, or the rows of a statement. */
export interface Dataset {
  readonly name: string;
  readonly database: DatabaseName;
  readonly schema: string;
  readonly description: string;
  /** In place of the table of that name. */
  readonly sql?: string;
  /** Column → type in its database. */
  readonly columns: Readonly<Record<string, string>>;
  readonly metrics: readonly SupersetMetric[];
  /** Of the day while it happens: never from a cache. */
  readonly isLive?: true;
}

export type TileKind = 'number' | 'gauge' | 'line' | 'bar' | 'pie' | 'table' | 'combo';

interface TileBase {
  /** Unique in its dashboard; also the name of its statement in `superset/tiles`. */
  readonly slug: string;
  readonly title: string;
  /** What it counts, over which rows. */
  readonly description: string;
  readonly dataset: Dataset;
  /** Names of metrics of the dataset. */
  readonly metrics: readonly string[];
  readonly filters?: readonly TileFilter[];
  /** Of twelve columns. */
  readonly width: number;
  /** Rows shown; most by the first metric unless `x` orders them. */
  readonly limit?: number;
}

/** Big figures have no dimension; a chart has an axis `x`, and may have `by`; a table shows `by`. */
export interface Tile extends TileBase {
  readonly kind: TileKind;
  readonly x?: string;
  readonly by?: readonly string[];
  /** Of a combo: drawn as a line on the right axis. */
  readonly lines?: readonly string[];
  /** Of a gauge. */
  readonly maximum?: number;
}

export interface TileFilter {
  readonly column: string;
  readonly is: string | number | boolean;
}

/** A filter of a whole dashboard. */
export interface DashboardFilter {
  readonly name: string;
  readonly dataset: Dataset;
  readonly column: string;
  /** Chosen at first; none: all. */
  readonly initial?: string;
}

export interface Dashboard {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  /** Live ones ask again by themselves. */
  readonly refreshSeconds?: number;
  readonly filters: readonly DashboardFilter[];
  /** Each row twelve columns wide at most. */
  readonly rows: readonly (readonly Tile[])[];
}
