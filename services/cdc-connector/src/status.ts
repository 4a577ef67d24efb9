import { type Problem, currentSlot, slotLagBytes } from './guard/problems.ts';
import { connectorName } from './names.ts';
import type { PostgresState, TableState } from './postgres/state.ts';
import { currentEpoch, failureOf, lsnText } from './registrar/plan.ts';
import type { Look } from './registrar/registrar.ts';

/** What `GET /status` answers, for `ebb cdc status` and whoever else wants to know. */
export interface Status {
  epoch: { number: number; reason: string; startedAt: string; snapshotCompletedAt: string | null } | null;
  connector: { name: string; state: string; task: string | null; failure: string | null } | null;
  slot: {
    name: string;
    active: boolean;
    walStatus: string | null;
    lagBytes: number;
    safeWalBytes: number | null;
    confirmedLsn: string | null;
  } | null;
  paused: boolean;
  heartbeatAgeSeconds: number | null;
  /** From a heartbeat in Postgres to its message in Kafka. */
  captureMs: number | null;
  tables: { name: string; captured: boolean; lossyColumns: TableState['lossyColumns'] }[];
  resnapshots: { table: string; reason: string; requestedAt: string; signalled: boolean }[];
  problems: Problem[];
}

export function statusOf(look: Look | null, problems: readonly Problem[], captureMs: number | null): Status {
  const postgres = look?.postgres ?? null;
  return {
    epoch: postgres === null ? null : epochStatus(postgres),
    connector: look === null ? null : connectorStatus(look),
    slot: postgres === null ? null : slotStatus(postgres),
    paused: postgres?.isPaused ?? false,
    heartbeatAgeSeconds: postgres?.heartbeatAgeSeconds ?? null,
    captureMs,
    tables: (postgres?.tables ?? []).map(({ name, key, lossyColumns }) => ({
      name,
      captured: key === 'primary',
      lossyColumns,
    })),
    resnapshots: (postgres?.resnapshots ?? []).map(({ table, reason, requestedAt, signalledAt }) => ({
      table,
      reason,
      requestedAt: requestedAt.toISOString(),
      signalled: signalledAt !== null,
    })),
    problems: [...problems],
  };
}

function epochStatus(postgres: PostgresState): Status['epoch'] {
  const epoch = currentEpoch(postgres);
  if (epoch === null) return null;
  return {
    number: epoch.epoch,
    reason: epoch.reason,
    startedAt: epoch.startedAt.toISOString(),
    snapshotCompletedAt: epoch.snapshotCompletedAt?.toISOString() ?? null,
  };
}

function connectorStatus({ postgres, connect }: Look): Status['connector'] {
  const epoch = postgres === null ? null : currentEpoch(postgres);
  if (epoch === null || connect === null) return null;
  const name = connectorName(epoch.epoch);
  const found = connect.connectors.get(name);
  if (found === undefined) return { name, state: 'MISSING', task: null, failure: null };
  return { name, state: found.state, task: found.tasks[0]?.state ?? null, failure: failureOf(found) };
}

function slotStatus(postgres: PostgresState): Status['slot'] {
  const slot = currentSlot(postgres);
  if (slot === null) return null;
  return {
    name: slot.name,
    active: slot.isActive,
    walStatus: slot.walStatus,
    lagBytes: Number(slotLagBytes(postgres, slot)),
    safeWalBytes: slot.safeWalBytes === null ? null : Number(slot.safeWalBytes),
    confirmedLsn: slot.confirmedLsn === null ? null : lsnText(slot.confirmedLsn),
  };
}
