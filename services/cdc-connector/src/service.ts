import { backoffMs, errorMessage, sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import type { Document, Logger, Readiness, Service } from '@ebb/runtime';
import type { ConnectorConfig } from './config.ts';
import type { Alerts } from './guard/alerts.ts';
import { currentSlot, findProblems, type Problem, slotLagBytes } from './guard/problems.ts';
import { writeHop } from './hop.ts';
import type { ConnectorMetrics } from './metrics.ts';
import { connectorName } from './names.ts';
import type { Heartbeat } from './notices/heartbeat.ts';
import type { NoticeReader } from './notices/notice-reader.ts';
import type { PostgresState } from './postgres/state.ts';
import { type ConnectState, currentEpoch, isCapturing } from './registrar/plan.ts';
import type { Look, Registrar } from './registrar/registrar.ts';
import { isSchemaPath, schemaDocument } from './schemas/documents.ts';
import { readRegistry } from './schemas/registry.ts';
import { statusOf } from './status.ts';

export interface ConnectorServiceDeps {
  config: ConnectorConfig;
  pool: Pool;
  registrar: Registrar;
  createReader: (onHeartbeat: (beat: Heartbeat) => void) => NoticeReader;
  alerts: Alerts;
  metrics: ConnectorMetrics;
  logger: Logger;
  nowMs: () => number;
}

const READER_RETRY = { attempts: Infinity, initialDelayMs: 500, maxDelayMs: 10_000 };
/** Pause between two looks while things are moving. */
const UNSETTLED_MS = 500;
/** One failed look is no outage. */
const AWAY_AFTER_LOOKS = 4;

/** Keeps the capture of changes as it should be, and tells how it is. */
export class ConnectorService implements Service {
  readonly #deps: ConnectorServiceDeps;
  readonly #stopping = new AbortController();
  #look: Look | null = null;
  #awayLooks = { postgres: 0, connect: 0 };
  #kafkaError: string | null = null;
  #heartbeat: Heartbeat | null = null;
  #reader: NoticeReader | null = null;

  constructor(deps: ConnectorServiceDeps) {
    this.#deps = deps;
  }

  readiness(): Readiness {
    const reasons: string[] = [];
    if (this.#stopping.signal.aborted) reasons.push('stopping');
    if (this.#look === null) reasons.push('nothing looked at yet');
    else reasons.push(...notReady(this.#look));
    return { ready: reasons.length === 0, reasons };
  }

  async documents(path: string): Promise<Document | null> {
    if (path === '/status') {
      return { status: 200, body: statusOf(this.#look, this.#deps.alerts.current(), this.#heartbeat?.tookMs ?? null) };
    }
    return isSchemaPath(path) ? schemaDocument(path, await readRegistry(this.#deps.pool)) : null;
  }

  async run(): Promise<void> {
    await Promise.all([this.#keepRegistered(), this.#keepReading()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader?.stop();
  }

  async #keepRegistered(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#look = await this.#deps.registrar.round();
      this.#report(this.#look);
      await this.#writeHop(this.#look);
      const isSettled = !this.#look.hasActed && this.readiness().ready;
      await sleep(isSettled ? this.#deps.config.checkMs : Math.min(this.#deps.config.checkMs, UNSETTLED_MS), signal);
    }
  }

  async #keepReading(): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const reader = this.#deps.createReader((beat) => {
        this.#heartbeat = beat;
        this.#deps.metrics.captureSeconds.observe(Math.max(0, beat.tookMs / 1000));
        this.#kafkaError = null;
      });
      this.#reader = reader;
      try {
        this.#kafkaError = null;
        await reader.run();
      } catch (error) {
        this.#kafkaError = errorMessage(error);
        this.#deps.metrics.failures.inc({ step: 'notices' });
      }
      await reader.stop();
      await sleep(backoffMs(attempt, READER_RETRY), signal);
    }
  }

  #report(look: Look): void {
    const { alerts, nowMs } = this.#deps;
    const { postgres, connect } = look;
    if (postgres !== null) this.#measure(postgres, connect);
    const found = postgres === null ? [] : findProblems(this.#deps.config, postgres, connect ?? NO_CONNECT, nowMs());
    alerts.update([...this.#awayProblems(look), ...found], nowMs());
  }

  #awayProblems(look: Look): Problem[] {
    const away = this.#awayLooks;
    away.postgres = look.postgresError === null ? 0 : away.postgres + 1;
    away.connect = look.connectError === null ? 0 : away.connect + 1;
    const problems: Problem[] = [];
    if (away.postgres >= AWAY_AFTER_LOOKS) {
      problems.push({
        code: 'postgres_away',
        subject: 'postgres',
        message: `Postgres does not answer: ${look.postgresError ?? ''}`,
        advice: 'nothing is lost: the connector goes on when it is back',
      });
    }
    if (away.connect >= AWAY_AFTER_LOOKS) {
      problems.push({
        code: 'connect_away',
        subject: 'connect',
        message: look.connectError ?? '',
        advice: 'start Kafka Connect (ebb logs connect shows why it ended); until then Postgres keeps its log',
      });
    }
    if (this.#kafkaError !== null) {
      problems.push({
        code: 'kafka_away',
        subject: 'kafka',
        message: `Kafka does not answer: ${this.#kafkaError}`,
        advice: 'start Kafka; until then Postgres keeps its log',
      });
    }
    return problems;
  }

  #measure(postgres: PostgresState, connect: ConnectState | null): void {
    const { metrics } = this.#deps;
    const epoch = currentEpoch(postgres);
    const slot = currentSlot(postgres);
    const connector = epoch === null ? undefined : connect?.connectors.get(connectorName(epoch.epoch));
    const captured = postgres.tables.filter((table) => table.key === 'primary').length;
    metrics.epoch.set(epoch?.epoch ?? 0);
    metrics.connectorRunning.set(connector?.state === 'RUNNING' && connector.tasks[0]?.state === 'RUNNING' ? 1 : 0);
    metrics.slotLagBytes.set(slot === null ? 0 : Number(slotLagBytes(postgres, slot)));
    metrics.slotSafeBytes.set(slot === null || slot.safeWalBytes === null ? -1 : Number(slot.safeWalBytes));
    metrics.slotActive.set(slot?.isActive === true ? 1 : 0);
    metrics.heartbeatAgeSeconds.set(postgres.heartbeatAgeSeconds ?? 0);
    metrics.tables.set({ state: 'captured' }, captured);
    metrics.tables.set({ state: 'refused' }, postgres.tables.length - captured);
    metrics.resnapshotsOpen.set(postgres.resnapshots.length);
    metrics.snapshotComplete.set((epoch?.snapshotCompletedAt ?? null) === null ? 0 : 1);
  }

  async #writeHop({ postgres }: Look): Promise<void> {
    if (postgres === null) return;
    const slot = currentSlot(postgres);
    const problem = this.#deps.alerts.current().find(({ code }) => HOP_PROBLEMS.has(code));
    try {
      await writeHop(this.#deps.pool, {
        asOfMs: this.#heartbeat?.beatAtMs ?? null,
        backlogBytes: slot === null ? 0n : slotLagBytes(postgres, slot),
        problem: problem?.message ?? null,
      });
    } catch (error) {
      this.#deps.logger.debug({ event: 'hop_not_written', message: errorMessage(error) });
    }
  }
}

const NO_CONNECT: ConnectState = { connectors: new Map(), offset: null };
/** Those under which changes do not come out. */
const HOP_PROBLEMS: ReadonlySet<Problem['code']> = new Set([
  'connect_away',
  'kafka_away',
  'connector_failed',
  'connector_paused',
  'heartbeat_old',
  'slot_inactive',
  'snapshot_slow',
]);

/** A connector that somebody paused is as it should be. */
function notReady({ postgres, connect, postgresError, connectError }: Look): string[] {
  if (postgres === null) return [`Postgres does not answer: ${postgresError ?? ''}`];
  if (connect === null) return [`Kafka Connect does not answer: ${connectError ?? ''}`];
  const epoch = currentEpoch(postgres);
  const connector = epoch === null ? undefined : connect.connectors.get(connectorName(epoch.epoch));
  if (connector === undefined) return ['the connector is not made yet'];
  if (postgres.isPaused) return [];
  const task = connector.tasks[0]?.state ?? 'none';
  if (connector.state !== 'RUNNING' || task !== 'RUNNING') return [`connector ${connector.state}, task ${task}`];
  return epoch === null || isCapturing(epoch, connect) ? [] : ['the position of the connector is not stored yet'];
}
