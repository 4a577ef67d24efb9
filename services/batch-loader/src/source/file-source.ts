import type { Readable } from 'node:stream';

export interface FoundFile {
  /** Its path below the source, with slashes. */
  readonly key: string;
  readonly bytes: number;
  /** Changes when the content does: ETag, or size and time of the last change. */
  readonly version: string;
  readonly modifiedAtMs: number;
}

/** A place where files appear. */
export interface FileSource {
  /** Its name in the file ledger. */
  readonly id: string;
  /** Files there appear whole, in one step: none is half written. */
  readonly isAtomic: boolean;
  list(prefix?: string): AsyncIterable<FoundFile>;
  read(file: FoundFile): Promise<Readable>;
  /** The file as it is now; null when it is gone. */
  look(key: string): Promise<FoundFile | null>;
}
