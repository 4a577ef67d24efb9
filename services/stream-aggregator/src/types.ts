import type { AcceptedPurchaseEvent, AcceptedWebEvent, DeadLetter, EventDigest } from '@ebb/contracts';
import type { ReceiptTally } from './receipt-tallies.ts';
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
  readonly digest: EventDigest;
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
  /** Accepted events and dead letters of its messages; letters of the dead-letter topic count as accepted. */
  readonly accepted: number;
  readonly dead: number;
  readonly messages: number;
  /** Kafka time of the first and the last message; null without messages. */
  readonly kafkaTimesMs: readonly [number, number] | null;
}

/** Everything one transaction stores. */
export interface Batch {
  readonly web: WebRow[];
  readonly purchases: PurchaseRow[];
  readonly deadLetters: DeadLetterRow[];
  readonly moves: OffsetMove[];
  readonly receipts: readonly ReceiptTally[];
}
