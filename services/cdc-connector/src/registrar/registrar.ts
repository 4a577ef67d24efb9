import { errorMessage } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import type { ConnectorConfig } from '../config.ts';
import type { ConnectClient } from '../connect/connect-client.ts';
import type { TopicKeeper } from '../connect/topics.ts';
import type { ConnectorMetrics } from '../metrics.ts';
import { connectorName } from '../names.ts';
import { readPostgresState } from '../postgres/read-state.ts';
import type { PostgresState } from '../postgres/state.ts';
import { requestAfterSchemaChanges } from '../resnapshots/store.ts';
import type { Action } from './actions.ts';
import { execute } from './execute.ts';
import { Pacer } from './pacer.ts';
import { type ConnectState, currentEpoch, plan } from './plan.ts';

export interface RegistrarDeps {
  config: ConnectorConfig;
  pool: Pool;
  connect: ConnectClient;
  topics: TopicKeeper;
  metrics: ConnectorMetrics;
  logger: Logger;
  nowMs: () => number;
}

/** What one look found; a side that did not answer is null, with the reason. */
export interface Look {
  postgres: PostgresState | null;
  connect: ConnectState | null;
  postgresError: string | null;
  connectError: string | null;
  /** Whether something was done about it: the next look should follow soon. */
  hasActed: boolean;
}

/** In trigger mode comparing is only a net below the triggers. */
const COMPARE_EVERY_MS = 10_000;

const CERTAIN_AFTER_LOOKS = 3;
const UNDOUBTED: ReadonlySet<string> = new Set(['first start', 'asked for']);
const SETTINGS_SETTLE_MS = 5_000;

/** Looks, plans and acts, again and again. Nothing is kept between two looks but how often a step was tried. */
export class Registrar {
  readonly #deps: RegistrarDeps;
  readonly #pacer: Pacer;
  #comparedAtMs = -Infinity;
  #configuredAtMs = -Infinity;
  #suspicion = { reason: '', looks: 0 };
  /** Last failure of each step that has not succeeded since. */
  readonly #failures = new Map<string, string>();

  constructor(deps: RegistrarDeps) {
    this.#deps = deps;
    this.#pacer = new Pacer(deps.config.restartDelaySeconds * 1000);
  }

  /** One round; raises nothing: what fails is in the look, or logged, and tried again in the next round. */
  async round(): Promise<Look> {
    const look = await this.#look();
    const { postgres, connect } = look;
    if (postgres === null) return look;
    await this.#keepDatabase(postgres);
    if (connect === null || !(await this.#keepTopics(postgres))) return look;
    for (const action of plan(this.#deps.config, postgres, connect)) {
      if (!this.#isDue(action)) continue;
      if (!(await this.#act(action, look))) break;
    }
    return look;
  }

  /** Connect first: a position it has noted is then never beyond the end of the log that is read after it. */
  async #look(): Promise<Look> {
    const connect = await this.#attempt('look_connect', () => this.#lookAtConnect());
    const postgres = await this.#attempt('look_postgres', () => readPostgresState(this.#deps.pool));
    const offset =
      connect.value === null || postgres.value === null
        ? { value: null, error: null }
        : await this.#attempt('look_offset', () => this.#offset(connect.value ?? new Map(), postgres.value));
    return {
      postgres: postgres.value,
      postgresError: postgres.error,
      connect:
        connect.value === null || offset.error !== null ? null : { connectors: connect.value, offset: offset.value },
      connectError: connect.error ?? offset.error,
      hasActed: false,
    };
  }

  #lookAtConnect(): Promise<ConnectState['connectors']> {
    return this.#deps.connect.connectors();
  }

  async #offset(
    connectors: ConnectState['connectors'],
    postgres: PostgresState | null,
  ): Promise<ConnectState['offset']> {
    const epoch = postgres === null ? null : currentEpoch(postgres);
    if (epoch === null || !connectors.has(connectorName(epoch.epoch))) return null;
    return this.#deps.connect.offset(connectorName(epoch.epoch));
  }

  /** What needs the database alone: goes on while Connect is away. */
  async #keepDatabase(postgres: PostgresState): Promise<void> {
    const { pool, logger, metrics, nowMs } = this.#deps;
    await this.#attempt('repair_database', async () => {
      const { rows } = await pool.query<{ done: string }>(
        'SELECT ops.prepare_captured() AS done UNION ALL SELECT ops.repair_publication()',
      );
      for (const { done } of rows) logger.warn({ event: 'repaired', what: done });
    });
    if (postgres.ddlCapture === 'drift' || nowMs() - this.#comparedAtMs >= COMPARE_EVERY_MS) {
      this.#comparedAtMs = nowMs();
      await this.#attempt('compare_schemas', async () => {
        const { rows } = await pool.query<{ found: number }>('SELECT ops.detect_schema_drift() AS found');
        const found = rows[0]?.found ?? 0;
        metrics.driftedTables.inc(found);
        if (found > 0) logger.warn({ event: 'schema_drift', tables: found });
      });
    }
    const epoch = currentEpoch(postgres);
    if (epoch === null) return;
    await this.#attempt('request_resnapshots', async () => {
      const requested = await requestAfterSchemaChanges(pool, epoch.firstDdlId);
      if (requested.length > 0) logger.info({ event: 'resnapshots_requested', requested });
    });
  }

  /** Before a connector is made or started: the first messages to a topic must find it. */
  async #keepTopics(postgres: PostgresState): Promise<boolean> {
    const made = await this.#attempt('make_topics', () =>
      this.#deps.topics.ensure(postgres.tables.filter(({ key }) => key === 'primary').map(({ name }) => name)),
    );
    if ((made.value ?? []).length > 0) this.#deps.logger.info({ event: 'topics_made', topics: made.value });
    return made.error === null;
  }

  /**
   * A new epoch reads every table again: its reason must be seen several times, since a server that just came back may
   * say odd things. Signals wait until new settings are surely in force: the old ones might not know the table.
   */
  #isDue(action: Action): boolean {
    const nowMs = this.#deps.nowMs();
    if (action.kind === 'begin_epoch') {
      this.#suspicion = {
        reason: action.reason,
        looks: this.#suspicion.reason === action.reason ? this.#suspicion.looks + 1 : 1,
      };
      return UNDOUBTED.has(action.reason) || this.#suspicion.looks >= CERTAIN_AFTER_LOOKS;
    }
    this.#suspicion = { reason: '', looks: 0 };
    if (action.kind === 'read_next' && nowMs - this.#configuredAtMs < SETTINGS_SETTLE_MS) return false;
    if (!this.#pacer.take(action, nowMs)) return false;
    if (action.kind === 'configure_connector') this.#configuredAtMs = nowMs;
    return true;
  }

  /** False ends the round: what follows was planned for after this. */
  async #act(action: Action, look: Look): Promise<boolean> {
    const { logger, metrics } = this.#deps;
    const told = action.kind === 'restart_failed' || action.kind === 'begin_epoch' ? 'warn' : 'info';
    logger[told]({ event: 'action', ...describe(action) });
    metrics.actions.inc({ action: action.kind });
    look.hasActed = true;
    return (await this.#attempt(action.kind, () => execute(action, this.#deps))).error === null;
  }

  async #attempt<T>(step: string, work: () => Promise<T>): Promise<{ value: T | null; error: string | null }> {
    try {
      const value = await work();
      this.#failures.delete(step);
      return { value, error: null };
    } catch (error) {
      const message = errorMessage(error);
      // Once per reason: a server that is away fails every look.
      if (this.#failures.get(step) !== message) this.#deps.logger.warn({ event: 'step_failed', step, message });
      this.#failures.set(step, message);
      this.#deps.metrics.failures.inc({ step });
      return { value: null, error: message };
    }
  }
}

/** Without the definition: it may hold a password. */
function describe(action: Action): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(action).flatMap(([key, value]: [string, unknown]) => {
      if (key === 'definition') return [];
      if (key === 'of') return [['tables', action.kind === 'read_next' ? action.of.map(({ table }) => table) : value]];
      return [[key === 'kind' ? 'action' : key, typeof value === 'bigint' ? String(value) : value]];
    }),
  );
}
