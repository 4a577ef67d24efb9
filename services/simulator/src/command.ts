import type { MainContext, Service } from '@ebb/runtime';

/** A sub-command of the simulator. */
export interface Command {
  /** One line: arguments and purpose. */
  usage: string;
  help: () => string;
  build: (context: MainContext, args: string[]) => Promise<Service>;
}

/** Work that ends by itself; a signal aborts it and `run` resolves when it has wound up. */
export function oneShot(work: (signal: AbortSignal) => Promise<void>): Service {
  const controller = new AbortController();
  return {
    run: () => work(controller.signal),
    stop: () => {
      controller.abort();
      return Promise.resolve();
    },
  };
}

/** Standard output as a result channel: resolves once the text is handed over, so that an exit loses nothing. */
export function writeOut(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
