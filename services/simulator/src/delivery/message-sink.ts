import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { OutgoingMessage } from '@ebb/kafka';
import { writeOut } from '../command.ts';
import type { SimMessage } from '../world/message.ts';
import type { Delivery } from './delivery.ts';

/** Where a simulation's messages go, a chunk at a time. */
export interface MessageSink {
  connect(): Promise<void>;
  /** Resolves when the chunk is safe. */
  send(chunk: readonly SimMessage[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function deliverySink(delivery: Delivery, topics: { web: string; purchase: string }): MessageSink {
  return {
    connect: () => delivery.connect(),
    send: (chunk, signal) => {
      const web: OutgoingMessage[] = [];
      const purchase: OutgoingMessage[] = [];
      for (const message of chunk) {
        (message.stream === 'web' ? web : purchase).push({ key: message.key, value: message.value });
      }
      const batches = [
        { topic: topics.web, messages: web },
        { topic: topics.purchase, messages: purchase },
      ];
      return delivery.deliver(
        batches.filter((batch) => batch.messages.length > 0),
        signal,
      );
    },
    close: () => delivery.close(),
  };
}

/** One message a line; `-` is standard output. For looking at events and for comparing runs byte for byte. */
export class FileSink implements MessageSink {
  readonly #path: string;
  #stream: WriteStream | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async connect(): Promise<void> {
    if (this.#path === '-') return;
    this.#stream = createWriteStream(this.#path);
    await once(this.#stream, 'open');
  }

  async send(chunk: readonly SimMessage[]): Promise<void> {
    const text = chunk.map((message) => `${message.value}\n`).join('');
    if (this.#stream === null) await writeOut(text);
    else if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    stream.end();
    await once(stream, 'close');
  }
}
