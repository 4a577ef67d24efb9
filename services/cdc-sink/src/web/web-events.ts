import { RowBinaryWriter } from '@ebb/clickhouse';
import {
  acceptWebMessage,
  missingPolicyVersion,
  type PolicyBook,
  scanWebMessage,
  STORED_WEB_EVENT_COLUMNS,
  WebEventScanner,
} from '@ebb/contracts';
import { must } from '@ebb/core';
import type { PartitionProgress, PreparedBatch, TableInsert } from '../captured/types.ts';
import type { MessageSlice, RowSource } from '../row-source.ts';
import { encodeScannedEvent } from './scanned-event-encoder.ts';
import { encodeWebEvent, WEB_EVENTS_TABLE } from './web-event-encoder.ts';

export interface WebEventsDeps {
  readonly loadPolicies: () => Promise<PolicyBook>;
  /** Told of messages that do not count, by their reason. The aggregator makes dead letters of them. */
  readonly onDead: (code: string) => void;
}

/** The lane of `website_events`: accepted events become rows of raw.web_events. */
export class WebEvents implements RowSource {
  readonly #deps: WebEventsDeps;
  readonly #writer = new RowBinaryWriter();
  readonly #scanner = new WebEventScanner();
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
    const { rows, body } = decoded;
    const insert: TableInsert = {
      table: WEB_EVENTS_TABLE,
      columns: STORED_WEB_EVENT_COLUMNS,
      format: 'RowBinary',
      rows,
      body,
    };
    return {
      inserts: rows === 0 ? [] : [insert],
      deadLetters: [],
      progress: { ...progress, nextOffset: slice.toOffset },
    };
  }

  /** Null when a message names a policy that the book does not hold and that may be written by now. */
  #decode({ partition, messages }: MessageSlice, isLast: boolean): Decoded | null {
    const book = must(this.#book, 'refresh comes first');
    const writer = this.#writer;
    const scanner = this.#scanner;
    const dead: string[] = [];
    // Whatever an attempt that was broken off has left.
    writer.truncate(0);
    let rows = 0;
    for (const message of messages) {
      const position = { partition, offset: message.offset, kafkaTimeMs: message.timestampMs };
      if (scanWebMessage(scanner, message, book)) {
        encodeScannedEvent(writer, scanner, position);
        rows += 1;
        continue;
      }
      const acceptance = acceptWebMessage(message, book);
      if (acceptance.kind === 'dead') {
        const { code } = acceptance.rejection;
        if (!isLast && code === 'unknown_policy' && missingPolicyVersion(message.headers, book) !== null) {
          return null;
        }
        dead.push(code);
        continue;
      }
      encodeWebEvent(writer, acceptance.event, position);
      rows += 1;
    }
    for (const code of dead) this.#deps.onDead(code);
    return { rows, body: [writer.take()] };
  }
}

interface Decoded {
  readonly rows: number;
  readonly body: readonly Buffer[];
}
