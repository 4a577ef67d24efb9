import { stderr } from 'node:process';

const LINE_EVERY_MS = 5_000;
const DRAW_EVERY_MS = 100;
const BAR_WIDTH = 30;

export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** A bar on a terminal, a line every few seconds elsewhere. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #drawnMs = 0;

  constructor(output: ProgressOutput = stderr, nowMs: () => number = Date.now) {
    this.#output = output;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    this.#drawnMs = output.isTTY ? 0 : this.#startedMs;
  }

  note(text: string): void {
    this.#output.write(this.#output.isTTY ? `\r\u001b[K${text}\n` : `${text}\n`);
  }

  update(done: number, total: number, label: string): void {
    const now = this.#nowMs();
    if (now - this.#drawnMs < (this.#output.isTTY ? DRAW_EVERY_MS : LINE_EVERY_MS) && done < total) return;
    this.#drawnMs = now;
    const perSecond = Math.round((done * 1_000) / Math.max(1, now - this.#startedMs));
    const text = `${label}  ${done}/${total} documents, ${perSecond}/s`;
    if (!this.#output.isTTY) {
      this.#output.write(`${text}\n`);
      return;
    }
    const filled = total === 0 ? BAR_WIDTH : Math.floor((done / total) * BAR_WIDTH);
    this.#output.write(`\r\u001b[K[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${text}`);
    if (done >= total) this.#output.write('\n');
  }
}
