import { errorMessage } from '@ebb/core';

type Release = () => unknown;

/**
 * Undo steps of everything a service acquired. Each acquisition registers its own release; a failed start and an
 * ordinary stop then both undo in reverse order, and one failing step never skips the others.
 */
export class Releasers {
  readonly #steps: { name: string; release: Release }[] = [];

  add(name: string, release: Release): void {
    this.#steps.push({ name, release });
  }

  /** Runs every step once, last first; returns what failed, by name. */
  async releaseAll(): Promise<{ name: string; message: string }[]> {
    const failures: { name: string; message: string }[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.release();
      } catch (error) {
        failures.push({ name: step.name, message: errorMessage(error) });
      }
    }
    return failures;
  }
}
