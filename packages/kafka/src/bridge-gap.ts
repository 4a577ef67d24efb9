import type { Bounds } from './bounds-reader.ts';
import type { MessageChunk } from './consumed-message.ts';
import type { TopicPartition } from './consumer.ts';
import type { PartitionQueue } from './partition-queue.ts';

export interface GapActions {
  /** Where the partition's log starts and ends. */
  readonly bounds: (id: TopicPartition) => Promise<Bounds>;
  /** Fetches the partition from this offset on. */
  readonly seek: (id: TopicPartition, offset: number) => void;
  /** Told of offsets that are taken for missing in the log. */
  readonly onHole: (hole: TopicPartition & { readonly from: number; readonly to: number }) => void;
}

/** A gap seen this often at the same place, each time after fetching from its start, is a hole in the log. */
const GAPS_UNTIL_HOLE = 3;

/**
 * Something between the queue's end and the chunk was not delivered: fetches it again, and takes it for a hole in the
 * log when it never comes although the log holds it.
 */
export async function bridgeGap<Kind>(
  queue: PartitionQueue<Kind>,
  chunk: MessageChunk,
  { bounds, seek, onHole }: GapActions,
): Promise<void> {
  const { end, epoch } = queue;
  if (end === undefined) return;
  const { low } = await bounds(queue.id);
  if (queue.epoch !== epoch || queue.end !== end) return;
  if (low > end) {
    // Loading the position again finds and reports what is lost.
    queue.forget();
  } else if (queue.countGap(end) < GAPS_UNTIL_HOLE) {
    seek(queue.id, end);
  } else {
    onHole({ ...queue.id, from: end, to: chunk.fromOffset });
    queue.push({ ...chunk, fromOffset: end });
  }
}
