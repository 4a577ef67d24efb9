import type { ConnectorConfig } from '../config.ts';
import { connectorName, slotName } from '../names.ts';
import type { PostgresState, SlotState } from '../postgres/state.ts';
import { type ConnectState, currentEpoch, failureOf } from '../registrar/plan.ts';

/** What is wrong, or will be, and what to do about it. */
export interface Problem {
  code: ProblemCode;
  /** Table, slot or connector concerned; tells problems of one code apart. */
  subject: string;
  message: string;
  advice: string;
}

export const PROBLEM_CODES = [
  'postgres_away',
  'connect_away',
  'kafka_away',
  'wal_level',
  'slot_unlimited',
  'slot_limit_small',
  'slot_lag',
  'slot_at_risk',
  'slot_inactive',
  'foreign_slot_idle',
  'connector_failed',
  'connector_paused',
  'heartbeat_old',
  'snapshot_slow',
  'resnapshot_slow',
  'table_refused',
  'columns_lossy',
  'ddl_by_comparing',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

const MIB = 1024n ** 2n;
/** Two segments of the log, and what one checkpoint lets it grow by. */
const SMALL_LIMIT_BYTES = 256n * MIB;
/** Less of its allowance left than this, and the slot is about to be lost. */
const RISK_SHARE = 0.25;
const IDLE_SECONDS = 300;
const INACTIVE_SECONDS = 30;

/** Everything worth a warning, from one look at both sides. */
export function findProblems(
  config: ConnectorConfig,
  postgres: PostgresState,
  connect: ConnectState,
  nowMs: number,
): Problem[] {
  return [
    ...serverProblems(postgres),
    ...slotProblems(config, postgres),
    ...connectorProblems(config, postgres, connect),
    ...snapshotProblems(config, postgres, nowMs),
    ...tableProblems(postgres),
  ];
}

/** The slot of the epoch under way; null before it is made. */
export function currentSlot(postgres: PostgresState): SlotState | null {
  const epoch = currentEpoch(postgres);
  if (epoch === null) return null;
  return postgres.slots.find(({ name, isOurs }) => isOurs && name === slotName(epoch.epoch)) ?? null;
}

/** Bytes of log kept for the slot and not yet told to the connector. */
export function slotLagBytes(postgres: PostgresState, slot: SlotState): bigint {
  const from = slot.confirmedLsn ?? slot.restartLsn ?? postgres.currentLsn;
  return postgres.currentLsn > from ? postgres.currentLsn - from : 0n;
}

function serverProblems(postgres: PostgresState): Problem[] {
  const problems: Problem[] = [];
  if (postgres.walLevel !== 'logical') {
    problems.push({
      code: 'wal_level',
      subject: 'wal_level',
      message: `wal_level is ${postgres.walLevel}: Postgres tells nobody its changes`,
      advice: `ALTER SYSTEM SET wal_level = 'logical', then restart Postgres`,
    });
  }
  if (postgres.maxSlotWalBytes === null) {
    problems.push({
      code: 'slot_unlimited',
      subject: 'max_slot_wal_keep_size',
      message: 'max_slot_wal_keep_size is unlimited: a connector that stands still fills the disk of Postgres',
      advice: `ALTER SYSTEM SET max_slot_wal_keep_size = '4GB'; SELECT pg_reload_conf() (half of the free disk at most)`,
    });
  } else if (postgres.maxSlotWalBytes < SMALL_LIMIT_BYTES) {
    problems.push({
      code: 'slot_limit_small',
      subject: 'max_slot_wal_keep_size',
      message: `max_slot_wal_keep_size is ${postgres.maxSlotWalBytes / MIB} MB: a short stop of the connector loses the slot, and every table is read again`,
      advice: 'raise it to what an hour of writing takes at least, such as 4GB',
    });
  }
  if (postgres.ddlCapture === 'drift') {
    problems.push({
      code: 'ddl_by_comparing',
      subject: 'ddl_capture',
      message: 'event triggers were refused: a change of columns is noticed a moment after it happened',
      advice: 'stop writers while columns change, or let a superuser run the migrations',
    });
  }
  return problems;
}

function slotProblems(config: ConnectorConfig, postgres: PostgresState): Problem[] {
  const slot = currentSlot(postgres);
  const foreign = postgres.slots.filter(
    (other) =>
      other.isOurs && other.name !== slot?.name && !other.isActive && (other.inactiveSeconds ?? 0) > IDLE_SECONDS,
  );
  const idle = foreign.map((other): Problem => ({
    code: 'foreign_slot_idle',
    subject: other.name,
    message: `replication slot ${other.name} was last used ${Math.round(other.inactiveSeconds ?? 0)} s ago and keeps ${slotLagBytes(postgres, other) / MIB} MB of log`,
    advice: `if nobody needs it: SELECT pg_drop_replication_slot('${other.name}')`,
  }));
  return slot === null ? idle : [...ownSlotProblems(config, postgres, slot), ...idle];
}

function ownSlotProblems(config: ConnectorConfig, postgres: PostgresState, slot: SlotState): Problem[] {
  const problems: Problem[] = [];
  const lag = slotLagBytes(postgres, slot);
  if (lag > BigInt(config.lagWarnMegabytes) * MIB) {
    problems.push({
      code: 'slot_lag',
      subject: slot.name,
      message: `the connector is ${lag / MIB} MB of log behind`,
      advice: 'look whether Kafka Connect runs (ebb cdc status, ebb logs connect), or whether writers outrun it',
    });
  }
  if (isAtRisk(postgres, slot)) {
    problems.push({
      code: 'slot_at_risk',
      subject: slot.name,
      message: `Postgres will drop the log of ${slot.name} after ${(slot.safeWalBytes ?? 0n) / MIB} MB more (status ${slot.walStatus ?? 'unknown'})`,
      advice: 'let the connector run, or raise max_slot_wal_keep_size; a lost slot means reading every table again',
    });
  }
  if (!slot.isActive && !postgres.isPaused && (slot.inactiveSeconds ?? 0) > INACTIVE_SECONDS) {
    problems.push({
      code: 'slot_inactive',
      subject: slot.name,
      message: `nobody has read ${slot.name} for ${Math.round(slot.inactiveSeconds ?? 0)} s`,
      advice: 'look why the connector does not run: ebb cdc status, ebb logs connect',
    });
  }
  return problems;
}

function isAtRisk(postgres: PostgresState, slot: SlotState): boolean {
  if (slot.walStatus === 'unreserved' || slot.walStatus === 'lost') return true;
  if (postgres.maxSlotWalBytes === null || slot.safeWalBytes === null) return false;
  return Number(slot.safeWalBytes) < Number(postgres.maxSlotWalBytes) * RISK_SHARE;
}

function connectorProblems(config: ConnectorConfig, postgres: PostgresState, connect: ConnectState): Problem[] {
  const epoch = currentEpoch(postgres);
  if (epoch === null) return [];
  const name = connectorName(epoch.epoch);
  const connector = connect.connectors.get(name);
  const failure = connector === undefined ? null : failureOf(connector);
  const problems: Problem[] = [];
  if (failure !== null) {
    problems.push({
      code: 'connector_failed',
      subject: name,
      message: `the connector failed: ${failure}`,
      advice: 'it is started again with growing pauses; the reason above tells what to mend',
    });
  }
  if (postgres.isPaused) {
    problems.push({
      code: 'connector_paused',
      subject: name,
      message: 'the connector is paused by hand; Postgres keeps its log meanwhile',
      advice: 'ebb cdc resume',
    });
  }
  const age = postgres.heartbeatAgeSeconds ?? 0;
  if (!postgres.isPaused && epoch.snapshotCompletedAt !== null && age > config.heartbeatWarnSeconds) {
    problems.push({
      code: 'heartbeat_old',
      subject: name,
      message: `the connector's heartbeat is ${Math.round(age)} s old`,
      advice: 'look whether Kafka Connect and Kafka answer: ebb status, ebb logs connect',
    });
  }
  return problems;
}

function snapshotProblems(config: ConnectorConfig, postgres: PostgresState, nowMs: number): Problem[] {
  const epoch = currentEpoch(postgres);
  const limitMs = config.snapshotWarnMinutes * 60_000;
  const problems: Problem[] = [];
  if (epoch !== null && epoch.snapshotCompletedAt === null && nowMs - epoch.startedAt.getTime() > limitMs) {
    problems.push({
      code: 'snapshot_slow',
      subject: connectorName(epoch.epoch),
      message: `the first snapshot of epoch ${epoch.epoch} is not finished since ${epoch.startedAt.toISOString()}`,
      advice: 'metric ebb_cdc_connector_snapshot_rows shows whether it moves; ebb logs connect shows why not',
    });
  }
  for (const one of postgres.resnapshots) {
    if (nowMs - one.requestedAt.getTime() <= limitMs) continue;
    problems.push({
      code: 'resnapshot_slow',
      subject: one.table,
      message: `${one.table} was to be read again at ${one.requestedAt.toISOString()} (${one.reason}) and is not yet`,
      advice: 'it waits for a running connector; ebb logs connect shows how far it is',
    });
  }
  return problems;
}

function tableProblems({ tables, unnameable }: PostgresState): Problem[] {
  const unnamed = unnameable.map((name): Problem => ({
    code: 'table_refused',
    subject: name,
    message: `${name} is not captured: Kafka has no topic of that name, which may have letters of English, digits, _ and -`,
    advice: 'rename the table (ALTER TABLE … RENAME TO …); then it is captured and read once by itself',
  }));
  const others = tables.flatMap(({ name, key, lossyColumns }): Problem[] => [
    ...(key === 'primary'
      ? []
      : [
          {
            code: 'table_refused' as const,
            subject: name,
            message: `${name} has ${key === 'none' ? 'no primary key' : 'a deferrable primary key'}: its changes cannot be told apart and are not captured`,
            advice: `ALTER TABLE ${name} ADD PRIMARY KEY (…)${key === 'none' ? '' : ', without DEFERRABLE'}; then it is captured and read once by itself`,
          },
        ]),
    ...lossyColumns.map(({ column, reason }) => ({
      code: 'columns_lossy' as const,
      subject: `${name}.${column}`,
      message: `${name}.${column}: ${reason}`,
      advice: 'keep such values in jsonb',
    })),
  ]);
  return [...unnamed, ...others];
}
