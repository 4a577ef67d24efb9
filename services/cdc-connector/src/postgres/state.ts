/** What the database says about the capture, read in one look. Positions in the log are numbers of bytes. */
export interface PostgresState {
  systemIdentifier: string;
  currentLsn: bigint;
  walLevel: string;
  /** Null: unlimited. */
  maxSlotWalBytes: bigint | null;
  /** Logical slots of the whole server. */
  slots: SlotState[];
  epochs: EpochRow[];
  tables: TableState[];
  /** `schema.table` of those that are not captured, since Kafka has no topic of such a name. */
  unnameable: string[];
  heartbeatAgeSeconds: number | null;
  ddlCapture: 'trigger' | 'drift';
  isPaused: boolean;
  resnapshots: ResnapshotRow[];
}

export interface SlotState {
  name: string;
  /** Of the database we are in. */
  isOurs: boolean;
  isActive: boolean;
  activePid: number | null;
  /** reserved, extended, unreserved or lost. */
  walStatus: string | null;
  invalidationReason: string | null;
  restartLsn: bigint | null;
  confirmedLsn: bigint | null;
  safeWalBytes: bigint | null;
  inactiveSeconds: number | null;
}

export interface EpochRow {
  epoch: number;
  systemIdentifier: string;
  reason: string;
  startedAt: Date;
  firstDdlId: bigint;
  slotSeenAt: Date | null;
  snapshotCompletedAt: Date | null;
  retiredAt: Date | null;
}

export type TableKey = 'primary' | 'deferrable' | 'none';

export interface TableState {
  /** `schema.table`. */
  name: string;
  key: TableKey;
  /** Columns of kinds whose values the connector cannot always carry, with the reason. */
  lossyColumns: { column: string; reason: string }[];
}

export interface ResnapshotRow {
  id: bigint;
  table: string;
  condition: string | null;
  reason: string;
  epoch: number | null;
  requestedAt: Date;
  signalledAt: Date | null;
}
