import type { Clickhouse } from '@ebb/clickhouse';
import type { LoadFacts } from '../load/load-columns.ts';
import type { Quarantine } from '../load/quarantine.ts';
import type { Content } from '../source/content.ts';
import type { CopyTarget } from './parquet-copy.ts';

/** What a reader of a format works with. It throws FileRefused for what is wrong with the file itself. */
export interface FormatLoad {
  readonly clickhouse: Clickhouse;
  readonly facts: LoadFacts;
  readonly quarantine: Quarantine;
  readonly content: Content;
  /** The file from its beginning, decompressed. */
  readonly chunks: () => AsyncIterable<Buffer>;
  /** A CSV whose last line has no end is cut off. */
  readonly needsFinalNewline: boolean;
  /** Where Parquet copies of documents go; null: nowhere. */
  readonly copies: CopyTarget | null;
}
