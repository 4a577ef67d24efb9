import type { ConnectorOffset, ConnectorStatus } from '../connect/connect-client.ts';
import { connectorDefinition, type ConnectorDefinition } from '../connect/definition.ts';
import type { ConnectorConfig } from '../config.ts';
import { connectorName, epochOfConnector, epochOfSlot, slotName } from '../names.ts';
import type { EpochRow, PostgresState, ResnapshotRow } from '../postgres/state.ts';
import { epochReason, type Reading } from '../resnapshots/store.ts';
import type { Action } from './actions.ts';

export interface ConnectState {
  connectors: ReadonlyMap<string, ConnectorStatus>;
  /** Of the current epoch's connector; null where it has none, or where there is no such connector. */
  offset: ConnectorOffset | null;
}

/**
 * What to do next, from what should be and what is. Pure: the same input gives the same list. A plan never counts on
 * the effect of its own actions; whoever carries it out looks again and asks for the next.
 */
export function plan(config: ConnectorConfig, postgres: PostgresState, connect: ConnectState): Action[] {
  const epoch = currentEpoch(postgres);
  const reason = epoch === null ? firstReason(postgres) : lossOf({ config, epoch, postgres, connect });
  if (epoch === null || reason !== null) {
    return [{ kind: 'begin_epoch', epoch: nextEpoch(config, postgres, connect), reason: reason ?? 'first start' }];
  }
  return [
    ...removals(epoch.epoch, postgres, connect),
    ...notes(epoch, postgres, connect),
    ...connectorActions({ config, epoch, postgres, connect }),
    ...resnapshotActions(epoch, postgres, connect),
  ];
}

export function currentEpoch(postgres: PostgresState): EpochRow | null {
  const last = postgres.epochs.at(-1);
  return last === undefined || last.retiredAt !== null ? null : last;
}

export function refusedTables(postgres: PostgresState): string[] {
  return postgres.tables.filter((table) => table.key !== 'primary').map((table) => table.name);
}

function firstReason(postgres: PostgresState): string {
  return postgres.epochs.length === 0 ? 'first start' : 'asked for';
}

/** Above every number that was ever used, also by another database of the server: names of slots are the server's. */
function nextEpoch(config: ConnectorConfig, postgres: PostgresState, connect: ConnectState): number {
  const used = [
    ...postgres.epochs.map((row) => row.epoch),
    ...postgres.slots.map((slot) => epochOfSlot(slot.name) ?? 0),
    ...[...connect.connectors.keys()].map((name) => epochOfConnector(name) ?? 0),
  ];
  return Math.max(config.minimumEpoch, Math.max(0, ...used) + 1);
}

interface Situation {
  config: ConnectorConfig;
  epoch: EpochRow;
  postgres: PostgresState;
  connect: ConnectState;
}

/** Why changes of this epoch may be missing, so that another must begin; null when all is well. */
function lossOf({ config, epoch, postgres, connect }: Situation): string | null {
  if (epoch.epoch < config.minimumEpoch) return `EBB_CDC_MIN_EPOCH is ${config.minimumEpoch}`;
  if (epoch.systemIdentifier !== postgres.systemIdentifier) {
    return `another database cluster answers (${postgres.systemIdentifier}, before it was ${epoch.systemIdentifier})`;
  }
  const slot = postgres.slots.find(({ name, isOurs }) => isOurs && name === slotName(epoch.epoch));
  if (slot === undefined && epoch.slotSeenAt !== null) return `replication slot ${slotName(epoch.epoch)} is gone`;
  if (slot?.walStatus === 'lost' || (slot?.invalidationReason ?? null) !== null) {
    return `replication slot ${slotName(epoch.epoch)} lost its log (${slot?.invalidationReason ?? 'wal_removed'})`;
  }
  return lossInConnect(epoch, postgres, connect);
}

/** Debezium's words for a slot whose log begins after the stored position: it was dropped and made again. */
const POSITION_LOST = /no longer available on the server/i;

function lossInConnect(epoch: EpochRow, postgres: PostgresState, { connectors, offset }: ConnectState): string | null {
  const connector = connectors.get(connectorName(epoch.epoch));
  if (connector === undefined) return null;
  if (offset === null && epoch.snapshotCompletedAt !== null) return 'Kafka Connect lost the position of the connector';
  if (offset?.lsn !== undefined && offset.lsn !== null && offset.lsn > postgres.currentLsn) {
    return `the database went back in time (the connector was at ${lsnText(offset.lsn)}, its log ends at ${lsnText(postgres.currentLsn)})`;
  }
  const trace = connector.tasks.find((task) => task.state === 'FAILED')?.trace ?? '';
  return POSITION_LOST.test(trace) ? 'the replication slot begins after the position of the connector' : null;
}

export function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Connectors and slots of other epochs. A slot in use is freed first: its connector may not have stopped yet. */
function removals(epoch: number, postgres: PostgresState, connect: ConnectState): Action[] {
  const connectors = [...connect.connectors.keys()].filter((name) => {
    const number = epochOfConnector(name);
    return number !== null && number !== epoch;
  });
  const slots = postgres.slots.filter(({ name, isOurs }) => {
    const number = epochOfSlot(name);
    return isOurs && number !== null && number !== epoch;
  });
  return [
    ...connectors.map((name): Action => ({ kind: 'remove_connector', name })),
    ...slots.map(({ name, activePid }): Action => ({ kind: 'drop_slot', slot: name, activePid })),
  ];
}

function notes(epoch: EpochRow, postgres: PostgresState, connect: ConnectState): Action[] {
  const isSlotThere = postgres.slots.some(({ name, isOurs }) => isOurs && name === slotName(epoch.epoch));
  // Not before a position is stored: from then on its absence means that it was lost.
  const isCompleted =
    isPositionKnown(connect) && !postgres.resnapshots.some(({ reason }) => reason === epochReason(epoch.epoch));
  return [
    ...(isSlotThere && epoch.slotSeenAt === null ? [{ kind: 'note_slot_seen', epoch: epoch.epoch } as const] : []),
    ...(isCompleted && epoch.snapshotCompletedAt === null
      ? [{ kind: 'note_snapshot_completed', epoch: epoch.epoch } as const]
      : []),
  ];
}

function connectorActions({ config, epoch, postgres, connect }: Situation): Action[] {
  const name = connectorName(epoch.epoch);
  const refused = refusedTables(postgres);
  const definition = connectorDefinition(config, epoch.epoch, refused);
  const connector = connect.connectors.get(name);
  if (connector === undefined) return [{ kind: 'create_connector', name, definition }];
  const changed = differences(definition, connector.config);
  if (changed.length > 0) return [{ kind: 'configure_connector', name, definition, changed }];
  if (postgres.isPaused) return connector.state === 'PAUSED' ? [] : [{ kind: 'set_state', name, state: 'pause' }];
  if (connector.state === 'STOPPED' || connector.state === 'PAUSED')
    return [{ kind: 'set_state', name, state: 'resume' }];
  const failure = failureOf(connector);
  return failure === null ? [] : [{ kind: 'restart_failed', name, reason: failure, lsn: connect.offset?.lsn ?? null }];
}

function differences(wanted: ConnectorDefinition, actual: ConnectorDefinition): string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(actual)]);
  names.delete('name');
  return [...names].filter((name) => wanted[name] !== actual[name]).toSorted();
}

/** The last causes of a failed connector or task, in its own words; null while nothing failed. */
export function failureOf(connector: ConnectorStatus): string | null {
  const failed = connector.tasks.find((task) => task.state === 'FAILED');
  if (connector.state !== 'FAILED' && failed === undefined) return null;
  const trace = failed?.trace ?? connector.trace ?? '';
  const causes = trace.split('\n').filter((line, index) => index === 0 || line.startsWith('Caused by:'));
  return causes.slice(0, 4).join(' | ').slice(0, 1_000) || 'no reason given';
}

function resnapshotActions(epoch: EpochRow, postgres: PostgresState, connect: ConnectState): Action[] {
  const closed = postgres.resnapshots.flatMap(({ id, table }): Action[] => {
    const known = postgres.tables.find(({ name }) => name === table);
    if (known === undefined) return [{ kind: 'close_resnapshot', id, outcome: 'table_gone' }];
    return known.key === 'primary' ? [] : [{ kind: 'close_resnapshot', id, outcome: 'no_primary_key' }];
  });
  // The connector mixes up requests that overlap: the next is signalled when the one before is finished.
  const open = postgres.resnapshots.filter(({ table }) => isReadable(postgres, table));
  const isBusy = open.length === 0 || open.some(({ signalledAt }) => signalledAt !== null);
  return isBusy || !isCapturing(epoch, connect) ? closed : [...closed, { kind: 'read_next', of: open.map(readingOf) }];
}

/**
 * The connector reads the log, and from where is stored: signals come to it through the log that the slot keeps, and a
 * table without rows has nothing but what comes in the log.
 */
export function isCapturing(epoch: EpochRow, connect: ConnectState): boolean {
  const connector = connect.connectors.get(connectorName(epoch.epoch));
  return connector?.tasks[0]?.state === 'RUNNING' && epoch.slotSeenAt !== null && isPositionKnown(connect);
}

function isPositionKnown({ offset }: ConnectState): boolean {
  return offset?.isSnapshotComplete === true;
}

function isReadable(postgres: PostgresState, table: string): boolean {
  return postgres.tables.some(({ name, key }) => name === table && key === 'primary');
}

function readingOf({ id, table, condition }: ResnapshotRow): Reading {
  return { id, table, condition };
}
