import { errorMessage, must, sleep } from '@ebb/core';
import { type Client, connectClient } from '@ebb/postgres';
import type { Round } from './workload.ts';

/** Long enough for a statement, short enough not to wait for one that waits for another transaction's lock. */
const PATIENCE_MS = 15;

/** SQLSTATEs that meeting transactions may bring about; anything else is a mistake of the workload. */
const EXPECTED = new Set(['23505', '40P01', '55P03', '25P02', '40001']);

export interface WorkloadCounts {
  statements: number;
  committed: number;
  rolledBack: number;
  /** Transactions that Postgres ended: two met on a key, or waited for each other. */
  failed: number;
}

/** Runs rounds of concurrent transactions against Postgres. */
export class WorkloadRunner {
  readonly counts: WorkloadCounts = { statements: 0, committed: 0, rolledBack: 0, failed: 0 };
  readonly #clients: Client[];

  private constructor(clients: Client[]) {
    this.#clients = clients;
  }

  static async connect(url: string, connections: number): Promise<WorkloadRunner> {
    const clients = await Promise.all(
      Array.from({ length: connections }, () => connectClient({ url, applicationName: 'ebb-workload' })),
    );
    for (const client of clients) await client.query(`SET deadlock_timeout = '50ms'; SET lock_timeout = '5s'`);
    return new WorkloadRunner(clients);
  }

  /** Resolves when all transactions of the round have ended. */
  async play(round: Round): Promise<void> {
    const lanes = round.transactions.map(
      (transaction, index) => new Lane(must(this.#clients[index], 'more transactions than connections'), transaction),
    );
    for (const index of round.order) {
      const step = lanes[index]?.next();
      // A statement that waits for a lock must not keep the transaction that holds it from going on.
      await Promise.race([step, sleep(PATIENCE_MS)]);
    }
    await Promise.all(lanes.map((lane) => lane.done()));
    for (const { outcome, sent } of lanes) {
      this.counts.statements += sent;
      this.counts[outcome] += 1;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
  }
}

class Lane {
  sent = 0;
  outcome: 'committed' | 'rolledBack' | 'failed';
  readonly #client: Client;
  readonly #statements: string[];
  #last: Promise<void> = Promise.resolve();

  constructor(client: Client, transaction: Round['transactions'][number]) {
    this.#client = client;
    this.#statements = [...transaction.statements];
    this.outcome = transaction.commits ? 'committed' : 'rolledBack';
  }

  next(): Promise<void> {
    const statement = this.#statements.shift() ?? '';
    this.#last = this.#last.then(() => this.#run(statement));
    return this.#last;
  }

  async done(): Promise<void> {
    await this.#last;
    if (this.outcome === 'failed') await this.#client.query('ROLLBACK');
  }

  async #run(statement: string): Promise<void> {
    if (this.outcome === 'failed') return;
    try {
      await this.#client.query(statement);
      this.sent += 1;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!EXPECTED.has(code)) throw new Error(`${errorMessage(error)} (${code}): ${statement}`, { cause: error });
      this.outcome = 'failed';
    }
  }
}
