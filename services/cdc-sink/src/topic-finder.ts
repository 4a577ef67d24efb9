import { errorMessage, sleep } from '@ebb/core';
import type { Logger } from '@ebb/runtime';

export interface TopicFinderDeps {
  readonly listTopics: () => Promise<string[]>;
  readonly isWanted: (topic: string) => boolean;
  /** Called with all wanted topics when they are not the same as before. */
  readonly onChange: (topics: readonly string[]) => void;
  readonly logger: Logger;
}

const EVERY_MS = 2_000;

/** Looks for topics that come and go: a table is captured, and its topic made, while the sink runs. */
export class TopicFinder {
  readonly #deps: TopicFinderDeps;
  #topics: readonly string[] = [];

  constructor(deps: TopicFinderDeps) {
    this.#deps = deps;
  }

  get topics(): readonly string[] {
    return this.#topics;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        this.#deps.logger.debug({ event: 'topics_unknown', message: errorMessage(error) });
      }
      await sleep(EVERY_MS, signal);
    }
  }

  async look(): Promise<void> {
    const found = (await this.#deps.listTopics()).filter((topic) => this.#deps.isWanted(topic)).toSorted();
    if (found.join() === this.#topics.join()) return;
    this.#topics = found;
    this.#deps.logger.info({ event: 'topics_found', topics: found });
    this.#deps.onChange(found);
  }
}
