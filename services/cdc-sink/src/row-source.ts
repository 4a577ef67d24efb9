import type { MessageChunk } from '@ebb/kafka';
import type { PartitionProgress, PreparedBatch } from './captured/types.ts';

/** Consecutive messages of one partition; they cover the offsets up to `toOffset`, holes included. */
export type MessageSlice = Pick<MessageChunk, 'topic' | 'partition' | 'messages' | 'toOffset'>;

/** Turns messages of a lane into rows. Both calls may reject: the lane then tries the same again, for ever. */
export interface RowSource {
  /**
   * Brings what decoding depends on up to date; called when everything that `prepare` gets next is already fetched.
   * `settle` resolves when everything prepared so far is stored.
   */
  refresh(settle: () => Promise<void>): Promise<void>;
  /** The rows of a slice, and the progress of its partition once they are stored. */
  prepare(slice: MessageSlice, progress: PartitionProgress): Promise<PreparedBatch>;
  /** Why a topic takes no messages for now; null when it does. */
  stopReason(topic: string): string | null;
}
