import { createClickhouse, type Clickhouse } from '@ebb/clickhouse';
import { must, sleep, uuidV5 } from '@ebb/core';
import { createKafka } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { PrivateStack, StackStatus } from '../private-stack.ts';
import { waitUntilProcessed } from '../verify/backlog.ts';
import { createDrillTable, type CrmLoad, startCrmLoad } from './crm-load.ts';
import type { DrillGround } from './drill-ground.ts';
import { type HttpLoad, startHttpLoad } from './http-load.ts';
import { askLedger, type LedgerVerdict } from './ledger-verdict.ts';
import { describeFault, type DrillRound, type DrillTarget, type Fault, planDrill } from './plan.ts';
import { type Recovery, timeToRecover } from './recovery.ts';
import { type Acknowledged, readAckLog, type SimulatorLoad, startSimulator } from './simulator-load.ts';
import { judge, type Verdict } from './verdict.ts';
import { judgeWarehouse, type WarehouseVerdict } from './warehouse-verdict.ts';

export interface DrillOptions {
  rounds: number;
  seed: string;
  ratePerSecond: number;
  print: (line: string) => void;
}

export interface DrillOutcome {
  verdict: Verdict;
  warehouse: WarehouseVerdict;
  ledger: LedgerVerdict;
  recoveries: { fault: Fault; recovery: Recovery }[];
  /** Faults that this machine or user does not allow, in words. */
  notRun: string[];
}

const RECOVERY_TIMEOUT_MS = 240_000;
const PROCESS_TIMEOUT_MS = 120_000;
const PROBE_NAMESPACE = 'c0f6f1d6-66a3-5f6e-9a1e-7f2f5c1f9b10';
/** Far from the keys of the load. */
const FIRST_PROBE_ROW = 1_000_000;

interface Stores {
  pool: Pool;
  clickhouse: Clickhouse;
}

/** One drill on a stack of its own: load, faults, the end of load, and whether every promise was kept. */
export async function runDrill(stack: PrivateStack, ground: DrillGround, options: DrillOptions): Promise<DrillOutcome> {
  const status = await stack.status();
  const stores = {
    pool: createPool({ url: status.postgres.url, applicationName: 'ebb-drill', max: 4 }),
    clickhouse: createClickhouse({ url: status.clickhouse.url, applicationName: 'ebb-drill' }),
  };
  try {
    await createDrillTable(stores.pool);
    const drill = new Drill({ stack, ground, status, stores, options });
    try {
      return await drill.run();
    } finally {
      await drill.release();
    }
  } finally {
    await stores.clickhouse.close();
    await stores.pool.end();
  }
}

interface DrillParts {
  stack: PrivateStack;
  ground: DrillGround;
  status: StackStatus;
  stores: Stores;
  options: DrillOptions;
}

class Drill {
  readonly #parts: DrillParts;
  readonly #http: HttpLoad;
  readonly #crm: CrmLoad;
  readonly #acknowledged: Acknowledged = { web: new Set(), purchase: new Set() };
  readonly #notRun: string[] = [];
  #simulator: SimulatorLoad;
  #run = 0;

  constructor(parts: DrillParts) {
    this.#parts = parts;
    const { status, options } = parts;
    const { url: collectorUrl, writeKey } = status.collector;
    this.#http = startHttpLoad({ collectorUrl, writeKey, seed: options.seed, batchSize: 50, pauseMs: 20 });
    this.#crm = startCrmLoad(status.postgres.url, options.seed);
    this.#simulator = this.#startSimulator();
  }

  async run(): Promise<DrillOutcome> {
    const { options, stores, status } = this.#parts;
    const recoveries: DrillOutcome['recoveries'] = [];
    for (const [index, round] of planDrill(options.rounds, options.seed).entries()) {
      const recovery = await this.#playRound(round, index);
      if (recovery !== null) recoveries.push({ fault: round.fault, recovery });
    }
    await Promise.all([this.#http.stop(), this.#crm.stop(), this.#endSimulator()]);
    options.print(`${this.#crm.committed()} transactions changed captured rows meanwhile`);
    const kafka = createKafka({ brokers: [status.kafka.brokers], clientId: 'ebb-drill' });
    await waitUntilProcessed(stores.pool, kafka, { stuckMs: PROCESS_TIMEOUT_MS });
    const web = this.#acknowledged.web.union(new Set(this.#http.acknowledged));
    const verdict = await judge(stores.pool, { web, purchase: this.#acknowledged.purchase });
    const warehouse = await judgeWarehouse(stores, web, PROCESS_TIMEOUT_MS);
    const ledger = await askLedger(this.#parts.stack.commands);
    return { verdict, warehouse, ledger, recoveries, notRun: this.#notRun };
  }

  /** Null when the fault could not be played here. */
  async #playRound({ fault, delayMs }: DrillRound, index: number): Promise<Recovery | null> {
    const { options, status, stores } = this.#parts;
    await sleep(delayMs);
    const refusal = await this.#play(fault);
    if (refusal !== null) {
      this.#notRun.push(`${describeFault(fault)}: ${refusal}`);
      options.print(`round ${index + 1}: NOT RUN ${describeFault(fault)}: ${refusal}`);
      return null;
    }
    const target = { collectorUrl: status.collector.url, writeKey: status.collector.writeKey, ...stores };
    const probe = {
      eventId: uuidV5(PROBE_NAMESPACE, `${options.seed}/${index}`),
      rowId: FIRST_PROBE_ROW + index,
    };
    const recovery = await timeToRecover(target, probe, RECOVERY_TIMEOUT_MS);
    options.print(
      `round ${index + 1}: ${describeFault(fault)} after ${delayMs} ms of load; works again: ` +
        `events in Postgres ${recovery.postgresMs} ms, in ClickHouse ${recovery.clickhouseMs} ms, ` +
        `changes in ClickHouse ${recovery.changesMs} ms`,
    );
    return recovery;
  }

  /** Plays a fault to its end; recovery is counted from then. Returns why it cannot be played, else null. */
  async #play(fault: Fault): Promise<string | null> {
    if (fault.kind === 'kill') {
      await this.#kill(fault.target);
      return null;
    }
    if (fault.kind === 'full-disk') return this.#fillDisk(fault);
    const link = this.#parts.ground.links.of(fault.link);
    link.setMode(fault.mode);
    await sleep(fault.durationMs);
    link.setMode('open');
    return null;
  }

  async #fillDisk({ disk, durationMs }: Extract<Fault, { kind: 'full-disk' }>): Promise<string | null> {
    const small = this.#parts.ground.disks[disk];
    if (typeof small === 'string') return small;
    try {
      // Again and again: a server that gives up frees some.
      for (const endMs = Date.now() + durationMs; Date.now() < endMs; await sleep(500)) await small.fill();
    } finally {
      small.free();
    }
    return null;
  }

  async #kill(target: DrillTarget): Promise<void> {
    if (target === 'simulator') {
      process.kill(this.#simulator.pid, 'SIGKILL');
      await this.#simulator.ended();
      readAckLog(this.#simulator.ackLog, this.#acknowledged);
      this.#simulator = this.#startSimulator();
      return;
    }
    const part = (await this.#parts.stack.status())[target];
    process.kill(must(part.pid, `${target} does not run, so it cannot be killed`), 'SIGKILL');
  }

  #startSimulator(): SimulatorLoad {
    const { status, stack, options } = this.#parts;
    this.#run += 1;
    return startSimulator({
      brokers: status.kafka.brokers,
      directory: stack.home,
      seed: options.seed,
      ratePerSecond: options.ratePerSecond,
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
    await this.#crm.stop();
  }
}
