export interface LoadedFile {
  readonly name: string;
  readonly dataset: string;
  readonly rows: number;
  readonly rejected: number;
  /** Rules that lines of it broke. */
  readonly rules: readonly string[];
}

export interface OpenFile {
  readonly name: string;
  readonly rules: readonly string[];
  readonly message: string;
}

/** What a look at a source found and did. */
export interface PassReport {
  /** Files there, those of no data set included. */
  found: number;
  /** Of no data set. */
  ignored: number;
  loaded: LoadedFile[];
  /** Keys whose content was loaded before. */
  duplicates: string[];
  /** Refused for what is in them. */
  quarantined: OpenFile[];
  /** Still being written, as it seems. */
  waiting: OpenFile[];
  /** Could not be loaded for now. */
  failed: OpenFile[];
  /** Last day of the retailer's files that is loaded now, whenever it was. */
  lastDay: string | null;
}

export function emptyReport(): PassReport {
  return {
    found: 0,
    ignored: 0,
    loaded: [],
    duplicates: [],
    quarantined: [],
    waiting: [],
    failed: [],
    lastDay: null,
  };
}

/** The later of two looks, with what both did; what was open is as the later one left it. */
export function mergeReports(earlier: PassReport, later: PassReport): PassReport {
  return {
    ...later,
    loaded: [...earlier.loaded, ...later.loaded],
    duplicates: [...earlier.duplicates, ...later.duplicates],
    quarantined: [...earlier.quarantined, ...later.quarantined],
  };
}
