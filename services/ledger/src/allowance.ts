/** Lets a check whose work grows with the history run as often as its share of the budget pays for it. */
export class Allowance {
  #savedSeconds = 0;
  /** What it took the last time. */
  #costSeconds = 0;

  /** Asked once a cycle, with what the check may spend in each: whether its turn has come. */
  isDue(secondsPerCycle: number): boolean {
    this.#savedSeconds += secondsPerCycle;
    return this.#savedSeconds >= this.#costSeconds;
  }

  spend(seconds: number): void {
    this.#costSeconds = seconds;
    this.#savedSeconds = 0;
  }
}
