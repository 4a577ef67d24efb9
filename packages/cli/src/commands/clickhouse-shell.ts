import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { type Clickhouse, isBlank, splitStatements } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';

export interface ShellOptions {
  clickhouse: Clickhouse;
  /** SET, USE and temporary tables last as long as the shell. */
  sessionId: string;
  format: string;
  historyFile: string;
}

const HISTORY_LINES = 1_000;
/** As long as ClickHouse allows between two statements. */
const SESSION_S = 3_600;

/** Runs statements and prints what they give: those it is handed, those on standard input, or those somebody types. */
export class ClickhouseShell {
  readonly #options: ShellOptions;
  #running: AbortController | null = null;
  #hasFailed = false;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /** False when a statement failed; those behind it are not run. */
  async runAll(texts: readonly string[]): Promise<boolean> {
    for (const text of texts) {
      for (const statement of splitStatements(`${text}\n;`).statements) {
        if (!(await this.#run(statement))) return false;
      }
    }
    return true;
  }

  /** Until Ctrl-D, or the end of standard input. False when a statement failed that nobody saw fail. */
  async prompt(): Promise<boolean> {
    const isInteractive = process.stdin.isTTY;
    const lines = createInterface({
      input: process.stdin,
      ...(isInteractive ? { output: process.stdout, history: this.#history(), historySize: HISTORY_LINES } : {}),
    });
    if (isInteractive) this.#greet(lines);
    await this.#readStatements(lines, isInteractive);
    return isInteractive || !this.#hasFailed;
  }

  async #readStatements(lines: Interface, isInteractive: boolean): Promise<void> {
    let pending = '';
    const show = (): void => {
      if (!isInteractive) return;
      lines.setPrompt(isBlank(pending) ? 'ebb :) ' : '    :-] ');
      lines.prompt();
    };
    lines.on('SIGINT', () => {
      if (this.#running !== null) {
        this.#running.abort();
        return;
      }
      pending = '';
      process.stdout.write('\n');
      show();
    });
    show();
    for await (const line of lines) {
      const { statements, rest } = splitStatements(`${pending}${line}\n`);
      pending = rest;
      for (const statement of statements) {
        const isFine = await this.#run(statement);
        if (!isFine && !isInteractive) return;
      }
      show();
    }
    if (!isBlank(pending)) await this.#run(pending);
    if (isInteractive) process.stdout.write('\n');
  }

  #greet(lines: Interface): void {
    console.log('Statements end with ";". Ctrl-C cancels, Ctrl-D leaves.');
    lines.on('history', (history) => {
      writeFileSync(this.#options.historyFile, history.toReversed().join('\n'), { mode: 0o600 });
    });
  }

  /** Newest first, as readline wants it. */
  #history(): string[] {
    try {
      return readFileSync(this.#options.historyFile, 'utf8').split('\n').toReversed();
    } catch {
      return [];
    }
  }

  async #run(statement: string): Promise<boolean> {
    const { clickhouse, format, sessionId } = this.#options;
    const begun = performance.now();
    this.#running = new AbortController();
    try {
      const result = await clickhouse.queryText(statement, format, {
        sessionId,
        signal: this.#running.signal,
        settings: { session_timeout: SESSION_S },
      });
      process.stdout.write(result === '' || result.endsWith('\n') ? result : `${result}\n`);
      if (process.stdout.isTTY) console.log(`\n${((performance.now() - begun) / 1000).toFixed(3)} s`);
      return true;
    } catch (error) {
      console.error(errorMessage(error));
      this.#hasFailed = true;
      return false;
    } finally {
      this.#running = null;
    }
  }
}
