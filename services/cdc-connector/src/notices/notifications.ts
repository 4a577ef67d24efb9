import { z } from 'zod';
import { idOfSignal, type ResnapshotId, type ResnapshotOutcome } from '../resnapshots/store.ts';

const message = z.object({
  id: z.string(),
  type: z.string(),
  aggregate_type: z.string(),
  additional_data: z.record(z.string(), z.string()).nullish(),
});

/** What a message of the connector about a snapshot means. */
export type SnapshotNotice =
  | { kind: 'scanned'; table: string; rows: bigint; isInitial: boolean }
  | { kind: 'progress'; table: string; isInitial: boolean }
  | { kind: 'resnapshot_scanned'; of: ResnapshotId; rows: bigint; outcome: ResnapshotOutcome }
  | { kind: 'finished'; isInitial: boolean; isAborted: boolean; of: ResnapshotId | null };

/** Null for what says nothing of interest, or is not a notification at all. */
export function parseNotification(value: Buffer | null): SnapshotNotice | null {
  const parsed = value === null ? undefined : message.safeParse(parseJson(value.toString('utf8')));
  if (parsed?.success !== true) return null;
  const { id, type, aggregate_type: subject, additional_data: data } = parsed.data;
  if (!subject.endsWith('Snapshot')) return null;
  const isInitial = subject.startsWith('Initial');
  const table = data?.['scanned_collection'] ?? data?.['current_collection_in_progress'];
  switch (type) {
    case 'TABLE_SCAN_COMPLETED':
      return scanned({ id, isInitial, table: table ?? '', data: data ?? {} });
    case 'IN_PROGRESS':
      return table === undefined ? null : { kind: 'progress', table, isInitial };
    case 'COMPLETED':
    case 'ABORTED':
      return { kind: 'finished', isInitial, isAborted: type === 'ABORTED', of: idOfSignal(id) };
    default:
      return null;
  }
}

function scanned(of: { id: string; isInitial: boolean; table: string; data: Record<string, string> }): SnapshotNotice {
  const rows = /^\d+$/.test(of.data['total_rows_scanned'] ?? '') ? BigInt(of.data['total_rows_scanned'] ?? 0) : 0n;
  const resnapshot = idOfSignal(of.id);
  if (resnapshot === null) return { kind: 'scanned', table: of.table, rows, isInitial: of.isInitial };
  return { kind: 'resnapshot_scanned', of: resnapshot, rows, outcome: OUTCOMES[of.data['status'] ?? ''] ?? 'aborted' };
}

const OUTCOMES: Readonly<Record<string, ResnapshotOutcome>> = {
  SUCCEEDED: 'completed',
  EMPTY: 'empty',
  NO_PRIMARY_KEY: 'no_primary_key',
  UNKNOWN_SCHEMA: 'table_gone',
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
