import { RowBinaryWriter } from '@ebb/clickhouse';
import { DAY_MS } from '@ebb/core';
import type { Claim } from '../datasets/dataset.ts';

/** What all rows of a load have in common. */
export interface LoadFacts {
  readonly loadId: number;
  readonly claim: Claim;
  /** `YYYY-MM-DD`. */
  readonly processingDay: string;
  readonly loadedAtMs: number;
}

/** Columns of `encodeFacts`, which stand last in a row. */
export const FACT_COLUMNS = ['source_file', 'load_id', 'processing_date', 'ingestion_timestamp'] as const;

/** Encoded once and copied to every row. */
export function encodeFacts({ loadId, claim, processingDay, loadedAtMs }: LoadFacts): Buffer {
  const writer = new RowBinaryWriter(1024);
  writer.string(claim.name);
  writer.uint64(loadId);
  writer.date(Date.parse(`${processingDay}T00:00:00Z`) / DAY_MS);
  writer.dateTime64Ms(loadedAtMs);
  return writer.take();
}
