import { type DeadLetter, encodeDeadLetter } from '@ebb/contracts';
import type { Producer } from '@ebb/kafka';

/** Sends dead letters to their topic; resolves when the broker has acknowledged them. Connects when there is a first one. */
export class DeadLetterSender {
  readonly #producer: Producer;
  readonly #topic: string;
  #connected: Promise<void> | undefined;

  constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  async send(letters: readonly DeadLetter[]): Promise<void> {
    try {
      await (this.#connected ??= this.#producer.connect());
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
    await this.#producer.send(
      this.#topic,
      letters.map((letter) => ({ key: letter.eventId ?? letter.id, value: encodeDeadLetter(letter) })),
    );
  }

  async close(): Promise<void> {
    if (this.#connected !== undefined) await this.#producer.disconnect();
  }
}
