import { RowBinaryWriter } from '@ebb/clickhouse';
import {
  acceptWebMessage,
  type DeadLetter,
  HEADERS,
  makeDeadLetter,
  missingPolicyVersion,
  type PolicyBook,
} from '@ebb/contracts';
import { errorMessage, isEbbError, must, uuidV5 } from '@ebb/core';
import type { ConsumedMessage } from '@ebb/kafka';
import type { PartitionProgress, PreparedBatch, TableInsert } from '../captured/types.ts';
import { SERVICE_NAME } from '../service-name.ts';
import type { MessageSlice, RowSource } from '../row-source.ts';
import { encodeWebEvent, WEB_EVENT_COLUMNS, WEB_EVENTS_TABLE } from './web-event-encoder.ts';

export interface WebEventsDeps {
  readonly loadPolicies: () => Promise<PolicyBook>;
  /** Told of messages that do not count, by their reason. The aggregator makes dead letters of them. */
  readonly onDead: (code: string) => void;
  readonly nowMs: () => number;
}

/** Namespace of the ids of our dead letters: the same message gives the same id, however often it is read. */
const DEAD_LETTER_NAMESPACE = '0b7b1f0e-3a86-5b6f-9a5d-52a6a9f0d1c4';

/** The lane of `website_events`: accepted events become rows of raw.web_events. */
export class WebEvents implements RowSource {
  readonly #deps: WebEventsDeps;
  readonly #writer = new RowBinaryWriter();
  #book: PolicyBook | undefined;

  constructor(deps: WebEventsDeps) {
    this.#deps = deps;
  }

  async refresh(): Promise<void> {
    this.#book ??= await this.#deps.loadPolicies();
  }

  stopReason(): null {
    return null;
  }

  async prepare(slice: MessageSlice, progress: PartitionProgress): Promise<PreparedBatch> {
    const decoded = this.#decode(slice, false);
    if (decoded !== null) return this.#prepared(slice, progress, decoded);
    // A version written a moment ago must not make good events count for nothing.
    this.#book = await this.#deps.loadPolicies();
    return this.#prepared(slice, progress, must(this.#decode(slice, true), 'the last attempt decides'));
  }

  #prepared(slice: MessageSlice, progress: PartitionProgress, decoded: Decoded): PreparedBatch {
    const { rows, body, deadLetters } = decoded;
    const insert: TableInsert = {
      table: WEB_EVENTS_TABLE,
      columns: WEB_EVENT_COLUMNS,
      format: 'RowBinary',
      rows,
      body,
    };
    return {
      inserts: rows === 0 ? [] : [insert],
      deadLetters,
      progress: { ...progress, nextOffset: slice.toOffset },
    };
  }

  /** Null when a message names a policy that the book does not hold and that may be written by now. */
  #decode({ topic, partition, messages }: MessageSlice, isLast: boolean): Decoded | null {
    const book = must(this.#book, 'refresh comes first');
    const writer = this.#writer;
    const deadLetters: DeadLetter[] = [];
    const dead: string[] = [];
    // Whatever an attempt that was broken off has left.
    writer.truncate(0);
    let rows = 0;
    for (const message of messages) {
      const acceptance = acceptWebMessage(message, book);
      if (acceptance.kind === 'dead') {
        const { code } = acceptance.rejection;
        if (!isLast && code === 'unknown_policy' && missingPolicyVersion(message.headers, book) !== null) {
          return null;
        }
        dead.push(code);
        continue;
      }
      const mark = writer.mark();
      try {
        const { offset, timestampMs } = message;
        encodeWebEvent(writer, acceptance.event, { partition, offset, kafkaTimeMs: timestampMs });
        rows += 1;
      } catch (error) {
        if (!isEbbError(error, 'VALUE_OUT_OF_RANGE')) throw error;
        writer.truncate(mark);
        deadLetters.push(this.#unstorable({ topic, partition }, message, error));
      }
    }
    for (const code of dead) this.#deps.onDead(code);
    return { rows, body: [writer.take()], deadLetters };
  }

  #unstorable(at: { topic: string; partition: number }, message: ConsumedMessage, error: unknown): DeadLetter {
    return makeDeadLetter({
      id: uuidV5(DEAD_LETTER_NAMESPACE, `${at.topic}|${at.partition}|${message.offset}`),
      service: SERVICE_NAME,
      kind: 'website',
      topic: at.topic,
      partition: at.partition,
      offset: String(message.offset),
      code: 'unstorable_value',
      message: errorMessage(error),
      writeKeyId: message.headers[HEADERS.writeKey] ?? null,
      failedAtMs: this.#deps.nowMs(),
      payload: message.value,
    });
  }
}

interface Decoded {
  readonly rows: number;
  readonly body: readonly Buffer[];
  readonly deadLetters: readonly DeadLetter[];
}
