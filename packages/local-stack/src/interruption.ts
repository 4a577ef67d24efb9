import { EbbError } from '@ebb/core';

export interface Interruption {
  /** Rejects with INTERRUPTED at the first Ctrl-C, SIGTERM or hang-up: to be raced against the work. */
  readonly raised: Promise<never>;
  stop(): void;
}

/** For work that has processes of its own to end, which nothing else would. A second signal is not waited for. */
export function listenForInterruption(consequence: string): Interruption {
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever raced against it may have ended already.
  promise.catch(() => {});
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const interrupt = (signal: NodeJS.Signals): void => {
    stop();
    reject(new EbbError('INTERRUPTED', `${signal}: ${consequence}`));
  };
  const stop = (): void => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  for (const signal of signals) process.on(signal, interrupt);
  return { raised: promise, stop };
}
