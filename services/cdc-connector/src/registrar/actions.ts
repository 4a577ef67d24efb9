import type { ConnectorDefinition } from '../connect/definition.ts';
import type { Reading } from '../resnapshots/store.ts';

/** One step towards what should be. Each is safe to repeat, and what it leads to is looked at before the next plan. */
export type Action =
  | { kind: 'begin_epoch'; epoch: number; reason: string }
  | { kind: 'create_connector'; name: string; definition: ConnectorDefinition }
  | { kind: 'configure_connector'; name: string; definition: ConnectorDefinition; changed: string[] }
  | { kind: 'set_state'; name: string; state: 'pause' | 'resume' | 'stop' }
  /** `lsn`: up to where it had come. */
  | { kind: 'restart_failed'; name: string; reason: string; lsn: bigint | null }
  | { kind: 'remove_connector'; name: string }
  | { kind: 'drop_slot'; slot: string; activePid: number | null }
  | { kind: 'note_slot_seen'; epoch: number }
  | { kind: 'note_snapshot_completed'; epoch: number }
  | { kind: 'read_next'; of: readonly Reading[] }
  | { kind: 'close_resnapshot'; id: bigint; outcome: 'no_primary_key' | 'table_gone' };

export type ActionKind = Action['kind'];
