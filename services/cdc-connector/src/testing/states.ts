import type { ConnectorStatus } from '../connect/connect-client.ts';
import { type ConnectorConfig, loadConnectorConfig } from '../config.ts';
import { connectorDefinition } from '../connect/definition.ts';
import type { EpochRow, PostgresState, SlotState, TableState } from '../postgres/state.ts';
import type { ConnectState } from '../registrar/plan.ts';

export const config: ConnectorConfig = loadConnectorConfig({
  EBB_POSTGRES_URL: 'postgres://ebb_connector:s%40crt@db:5433/ebb',
  EBB_KAFKA_BROKERS: 'kafka:9092',
  EBB_CONNECT_URL: 'http://connect:8083',
});

const STARTED = new Date('2026-01-02T03:04:05Z');

export function epochRow(change: Partial<EpochRow> = {}): EpochRow {
  return {
    epoch: 1,
    systemIdentifier: 'A',
    reason: 'first start',
    startedAt: STARTED,
    firstDdlId: 1n,
    slotSeenAt: STARTED,
    snapshotCompletedAt: STARTED,
    retiredAt: null,
    ...change,
  };
}

export function slot(change: Partial<SlotState> = {}): SlotState {
  return {
    name: 'ebb_cdc_1',
    isOurs: true,
    isActive: true,
    activePid: 7,
    walStatus: 'reserved',
    invalidationReason: null,
    restartLsn: 900n,
    confirmedLsn: 950n,
    safeWalBytes: 4n * 1024n ** 3n,
    inactiveSeconds: null,
    ...change,
  };
}

export function tables(...keys: TableState['key'][]): TableState[] {
  return keys.map((key, index) => ({ name: `crm.t${index + 1}`, key, lossyColumns: [] }));
}

/** Everything as it should be, in epoch 1. */
export function postgresState(change: Partial<PostgresState> = {}): PostgresState {
  return {
    systemIdentifier: 'A',
    currentLsn: 1_000n,
    walLevel: 'logical',
    maxSlotWalBytes: 4n * 1024n ** 3n,
    slots: [slot()],
    epochs: [epochRow()],
    tables: tables('primary'),
    unnameable: [],
    heartbeatAgeSeconds: 1,
    ddlCapture: 'trigger',
    isPaused: false,
    resnapshots: [],
    ...change,
  };
}

export function connectorStatus(change: Partial<ConnectorStatus> = {}): ConnectorStatus {
  return {
    config: connectorDefinition(config, 1, []),
    state: 'RUNNING',
    trace: null,
    tasks: [{ id: 0, state: 'RUNNING', trace: null }],
    ...change,
  };
}

export function connectState(
  connectors: Record<string, ConnectorStatus> = { 'ebb-cdc-1': connectorStatus() },
  offset: ConnectState['offset'] = { lsn: 940n, isSnapshotComplete: true },
): ConnectState {
  return { connectors: new Map(Object.entries(connectors)), offset };
}
