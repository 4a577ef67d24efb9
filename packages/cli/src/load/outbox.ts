import type { OutgoingMessage } from '@ebb/kafka';

export interface OutboxOptions {
  readonly send: (messages: OutgoingMessage[]) => Promise<unknown>;
  readonly onAcknowledged: (messages: number) => void;
}

export interface Outbox {
  put(messages: readonly OutgoingMessage[]): void;
  /** Resolves when everything is acknowledged; raises the first error of a send. */
  empty(): Promise<void>;
}

export const IN_FLIGHT = 5;
const BATCH = 5_000;

/**
 * Sends what has come together whenever one of the requests in flight is answered. One request a tick, however slow the
 * answers, would pile up for ever on a busy machine: a slow broker must get larger requests, not more of them.
 */
export function createOutbox({ send, onAcknowledged }: OutboxOptions): Outbox {
  const pending: OutgoingMessage[] = [];
  let inFlight = 0;
  let failure: unknown;
  let settled = Promise.withResolvers<void>();

  const isDone = (): boolean => inFlight === 0 && (pending.length === 0 || failure !== undefined);
  const pump = (): void => {
    if (failure !== undefined) return;
    while (inFlight < IN_FLIGHT && pending.length > 0) {
      const batch = pending.splice(0, BATCH);
      inFlight += 1;
      void send(batch)
        .then(() => {
          onAcknowledged(batch.length);
        })
        .catch((error: unknown) => (failure ??= error))
        .finally(() => {
          inFlight -= 1;
          pump();
          if (isDone()) settled.resolve();
        });
    }
  };
  return {
    put: (messages) => {
      pending.push(...messages);
      pump();
    },
    empty: async () => {
      while (!isDone()) {
        settled = Promise.withResolvers();
        await settled.promise;
      }
      if (failure !== undefined) throw failure;
    },
  };
}
