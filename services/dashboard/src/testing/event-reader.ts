import { must } from '@ebb/core';

export interface ServerEvent {
  readonly kind: string;
  readonly data: unknown;
}

/** Reads server-sent events off a real connection, one at a time. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #buffer = '';

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
    this.#abort = abort;
  }

  static async open(url: string): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`stream refused: ${response.status} ${await response.text()}`);
    return new EventReader(must(response.body, 'a stream has a body'), abort);
  }

  /** The next event of this kind, others skipped; null once the server ended the stream. */
  async next(...kinds: string[]): Promise<ServerEvent | null> {
    for (;;) {
      const event = await this.#nextAny();
      if (event === null || kinds.includes(event.kind)) return event;
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #nextAny(): Promise<ServerEvent | null> {
    for (;;) {
      const end = this.#buffer.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 2);
        const kind = /^event: (.*)$/m.exec(block)?.[1];
        if (kind !== undefined) return { kind, data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null') };
      } else {
        const { value, done } = await this.#reader.read();
        if (done) return null;
        this.#buffer += value;
      }
    }
  }
}
