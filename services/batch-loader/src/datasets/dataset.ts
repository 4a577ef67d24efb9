export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

/**
 * How a cell becomes a value; an empty cell is NULL.
 * - `text`: as it stands. `int32`: a whole number. `cents`: Decimal(10, 2), rounded half away from zero.
 */
export type CellType = 'text' | 'int32' | 'cents';

export interface CsvColumn {
  /** In the file's header. */
  readonly heading: string;
  readonly column: string;
  readonly type: CellType;
  /** A further column that keeps the cell's text, not NULL. */
  readonly textColumn?: string;
}

export type ParquetKind = 'text' | 'date';

export interface ParquetColumn {
  readonly column: string;
  readonly kind: ParquetKind;
  /** Type that the warehouse reads it as. */
  readonly readAs: string;
  /** A row without it is quarantined. */
  readonly isRequired?: boolean;
}

/** A table that files fill. */
export interface Dataset {
  readonly name: string;
  readonly table: string;
  readonly csv?: readonly CsvColumn[];
  readonly parquet?: readonly ParquetColumn[];
  /** Rows are JSON objects of any shape. */
  readonly isDocuments?: boolean;
  /** Which files are its own: the part of the key that names one in the warehouse, or null. */
  readonly claim: (key: string) => DatasetClaim | null;
}

export interface DatasetClaim {
  /** The same wherever the file was found. */
  readonly name: string;
  readonly collection?: string;
}

/** What a file is, by its key alone. */
export interface Claim {
  readonly dataset: Dataset;
  readonly name: string;
  readonly collection: string | null;
  readonly format: FileFormat;
  readonly isGzipped: boolean;
  /** `YYYY-MM-DD` in its name or folders. */
  readonly day: string | null;
}
