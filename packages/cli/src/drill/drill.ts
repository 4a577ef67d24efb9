import { must, sleep, uuidV5 } from '@ebb/core';
import { createKafka } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { PrivateStack, StackStatus } from '../private-stack.ts';
import { waitUntilProcessed } from '../verify/backlog.ts';
import { type HttpLoad, startHttpLoad } from './http-load.ts';
import { type DrillRound, type DrillTarget, planDrill } from './plan.ts';
import { timeToRecover } from './recovery.ts';
import { type Acknowledged, readAckLog, type SimulatorLoad, startSimulator } from './simulator-load.ts';
import { judge, type Verdict } from './verdict.ts';

export interface DrillOptions {
  rounds: number;
  seed: string;
  ratePerSecond: number;
  print: (line: string) => void;
}

export interface DrillOutcome {
  verdict: Verdict;
  recoveries: { target: DrillTarget; recoveredMs: number }[];
}

const RECOVERY_TIMEOUT_MS = 90_000;
const PROCESS_TIMEOUT_MS = 120_000;
const PROBE_NAMESPACE = 'c0f6f1d6-66a3-5f6e-9a1e-7f2f5c1f9b10';

/** One drill on a stack of its own: load, kills, the end of load, and whether every promise was kept. */
export async function runDrill(stack: PrivateStack, options: DrillOptions): Promise<DrillOutcome> {
  const status = await stack.status();
  const pool = createPool({ url: status.postgres.url, applicationName: 'ebb-drill', max: 2 });
  const drill = new Drill(stack, status, pool, options);
  try {
    return await drill.run();
  } finally {
    await drill.release();
    await pool.end();
  }
}

class Drill {
  readonly #stack: PrivateStack;
  readonly #status: StackStatus;
  readonly #pool: Pool;
  readonly #options: DrillOptions;
  readonly #http: HttpLoad;
  readonly #acknowledged: Acknowledged = { web: new Set(), purchase: new Set() };
  #simulator: SimulatorLoad;
  #run = 0;

  constructor(stack: PrivateStack, status: StackStatus, pool: Pool, options: DrillOptions) {
    this.#stack = stack;
    this.#status = status;
    this.#pool = pool;
    this.#options = options;
    const { url: collectorUrl, writeKey } = status.collector;
    this.#http = startHttpLoad({ collectorUrl, writeKey, seed: options.seed, batchSize: 50, pauseMs: 20 });
    this.#simulator = this.#startSimulator();
  }

  async run(): Promise<DrillOutcome> {
    const recoveries: DrillOutcome['recoveries'] = [];
    for (const [index, round] of planDrill(this.#options.rounds, this.#options.seed).entries()) {
      const recoveredMs = await this.#playRound(round, index);
      recoveries.push({ target: round.target, recoveredMs });
      const after = `after ${round.delayMs} ms of load`;
      this.#options.print(`round ${index + 1}: kill -9 ${round.target} ${after}, works again in ${recoveredMs} ms`);
    }
    await this.#http.stop();
    await this.#endSimulator();
    const kafka = createKafka({ brokers: [this.#status.kafka.brokers], clientId: 'ebb-drill' });
    await waitUntilProcessed(this.#pool, kafka, { timeoutMs: PROCESS_TIMEOUT_MS });
    const web = this.#acknowledged.web.union(new Set(this.#http.acknowledged));
    return { verdict: await judge(this.#pool, { web, purchase: this.#acknowledged.purchase }), recoveries };
  }

  async #playRound(round: DrillRound, index: number): Promise<number> {
    await sleep(round.delayMs);
    await this.#kill(round.target);
    const target = {
      collectorUrl: this.#status.collector.url,
      writeKey: this.#status.collector.writeKey,
      pool: this.#pool,
    };
    const probeId = uuidV5(PROBE_NAMESPACE, `${this.#options.seed}/${index}`);
    return timeToRecover(target, probeId, RECOVERY_TIMEOUT_MS);
  }

  async #kill(target: DrillTarget): Promise<void> {
    if (target === 'simulator') {
      process.kill(this.#simulator.pid, 'SIGKILL');
      await this.#simulator.ended();
      readAckLog(this.#simulator.ackLog, this.#acknowledged);
      this.#simulator = this.#startSimulator();
      return;
    }
    const part = (await this.#stack.status())[target];
    process.kill(must(part.pid, `${target} does not run, so it cannot be killed`), 'SIGKILL');
  }

  #startSimulator(): SimulatorLoad {
    this.#run += 1;
    return startSimulator({
      brokers: this.#status.kafka.brokers,
      directory: this.#stack.home,
      seed: this.#options.seed,
      ratePerSecond: this.#options.ratePerSecond,
      run: this.#run,
    });
  }

  async #endSimulator(): Promise<void> {
    await this.#simulator.stop();
    readAckLog(this.#simulator.ackLog, this.#acknowledged);
  }

  /** Whatever happened, no load outlives the drill. */
  async release(): Promise<void> {
    await this.#simulator.stop();
    await this.#http.abandon();
  }
}
