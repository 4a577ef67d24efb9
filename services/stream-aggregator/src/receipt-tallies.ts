import { type EventDigest, HEADERS, parseReceiptBucket, type ReceiptBucket, TallyBuilder } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';

/** Events of a batch that belong to one receipt: same topic, collector, minute and write key. */
export interface ReceiptTally extends ReceiptBucket {
  readonly topic: string;
  readonly writeKeyId: string;
  readonly tally: TallyBuilder;
  /** Events without a readable identity; not in `tally`. */
  undigested: number;
}

const LONGEST_KEY_ID = 64;

/** Counts the messages of a batch by the receipt bucket they carry; those of other producers carry none. */
export class ReceiptTallies {
  readonly #tallies = new Map<string, ReceiptTally | null>();
  /** Neighbours in a topic mostly share their bucket, and comparing is cheaper than making a name to look up. */
  #last: { topic: string; bucket: string; writeKeyId: string; tally: ReceiptTally | null } | undefined;

  /** `digest` is null for an event whose identity cannot be read. */
  add(topic: string, { headers }: ConsumedMessage, digest: EventDigest | null): void {
    const bucket = headers[HEADERS.receipt];
    const writeKeyId = headers[HEADERS.writeKey];
    if (bucket === undefined || writeKeyId === undefined) return;
    const tally = this.#find(topic, bucket, writeKeyId);
    if (tally === null) return;
    if (digest === null) tally.undigested += 1;
    else tally.tally.add(digest);
  }

  all(): ReceiptTally[] {
    return [...this.#tallies.values()].filter((tally) => tally !== null);
  }

  #find(topic: string, bucket: string, writeKeyId: string): ReceiptTally | null {
    const last = this.#last;
    if (last?.bucket === bucket && last.writeKeyId === writeKeyId && last.topic === topic) return last.tally;
    const name = `${topic} ${bucket} ${writeKeyId}`;
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = open(topic, bucket, writeKeyId);
      this.#tallies.set(name, tally);
    }
    this.#last = { topic, bucket, writeKeyId, tally };
    return tally;
  }
}

/** Null where the headers are not a collector's: anybody who may produce can write anything into them. */
function open(topic: string, text: string, writeKeyId: string): ReceiptTally | null {
  const bucket = parseReceiptBucket(text);
  const isStorable = writeKeyId.length > 0 && writeKeyId.length <= LONGEST_KEY_ID && !writeKeyId.includes('\0');
  if (bucket === null || !isStorable) return null;
  return { ...bucket, topic, writeKeyId, tally: new TallyBuilder(), undigested: 0 };
}
