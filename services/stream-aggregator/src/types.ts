import type { AcceptedPurchaseEvent, AcceptedWebEvent, DeadLetter } from '@ebb/contracts';
import type { PartitionQueue, Slice } from '@ebb/kafka';

/** What a topic carries. */
export type TopicKind = 'website' | 'purchase' | 'dead_letters';

export type EventQueue = PartitionQueue<TopicKind>;
export type EventSlice = Slice<TopicKind>;

export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

/** Where a message stood; the first position of an identity wins. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
  readonly kafkaTimeMs: number;
}

export interface WebRow extends Position {
  readonly event: AcceptedWebEvent;
}

export interface PurchaseRow extends Position {
  readonly event: AcceptedPurchaseEvent;
}

/** A dead letter as stored; an unreadable message of the dead-letter topic has a kind of its own. */
export type DeadLetterRow = Omit<DeadLetter, 'kind'> & { readonly kind: DeadLetter['kind'] | 'dead_letter' };

/** The way one partition moves with a batch. */
export interface OffsetMove extends PartitionId {
  readonly kind: TopicKind;
  readonly from: number;
  readonly to: number;
  /** Greatest accepted event time of the batch, not beyond its Kafka time; null without accepted events. */
  readonly watermarkMs: number | null;
}

/** Everything one transaction stores. */
export interface Batch {
  readonly web: WebRow[];
  readonly purchases: PurchaseRow[];
  readonly deadLetters: DeadLetterRow[];
  readonly moves: OffsetMove[];
}
