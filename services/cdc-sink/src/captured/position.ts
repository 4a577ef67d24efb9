/**
 * A row's place among all rows ever captured, and its `_version UInt128`: epoch (16 bits) | last commit LSN (56) | change
 * LSN (56). Kept as words of 32 bits, since a big integer per row costs more than encoding the row.
 *
 * The order is that of commits. The change LSN alone is wrong: a transaction that was logged earlier may commit later.
 */
export interface Position {
  readonly epoch: number;
  /** Upper 24 bits of the last commit's LSN. */
  readonly commitHigh: number;
  readonly commitLow: number;
  readonly changeHigh: number;
  readonly changeLow: number;
}

/** What 56 bits of a version hold: 64 petabytes of log. */
export const LSN_LIMIT = 2n ** 56n;
const TWO_32 = 2 ** 32;
const SEQUENCE = /^\[(?:null|"(-?\d{1,20})"), ?(?:null|"(-?\d{1,20})")\]$/;

/** `commit` is null before the first commit of a stream; `change` is null for rows of an incremental snapshot. */
export interface Sequence {
  readonly commit: Lsn | null;
  readonly change: Lsn | null;
}

export interface Lsn {
  readonly high: number;
  readonly low: number;
}

export const LSN_ZERO: Lsn = { high: 0, low: 0 };

/** A position in the log does not fit the version: the table has to stop. */
export class LsnTooLargeError extends Error {}

/** Reads Debezium's `source.sequence`; undefined when it is none. Throws LsnTooLargeError from 2^56 on. */
export function parseSequence(text: unknown): Sequence | undefined {
  if (typeof text !== 'string') return undefined;
  const match = SEQUENCE.exec(text);
  if (match === null) return undefined;
  const [, commit, change] = match;
  return {
    commit: commit === undefined ? null : lsnOf(commit),
    change: change === undefined ? null : lsnOf(change),
  };
}

function lsnOf(text: string): Lsn {
  const value = Number(text);
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return { high: Math.floor(value / TWO_32), low: value >>> 0 };
  return lsnFromBigint(BigInt(text));
}

export function lsnFromBigint(value: bigint): Lsn {
  // Java prints an unsigned number beyond 2^63 with a sign.
  if (value < 0n || value >= LSN_LIMIT) throw new LsnTooLargeError(`LSN ${value} does not fit 56 bits`);
  return { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
}

/** Postgres' text form, `16/B374D848`. */
export function parsePgLsn(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function position(epoch: number, commit: Lsn, change: Lsn): Position {
  return { epoch, commitHigh: commit.high, commitLow: commit.low, changeHigh: change.high, changeLow: change.low };
}

export function comparePositions(a: Position, b: Position): number {
  return (
    a.epoch - b.epoch ||
    a.commitHigh - b.commitHigh ||
    a.commitLow - b.commitLow ||
    a.changeHigh - b.changeHigh ||
    a.changeLow - b.changeLow
  );
}

/** The version in four words of 32 bits, most significant first. */
export function versionWords(at: Position): readonly [number, number, number, number] {
  return [
    ((at.epoch << 16) | (at.commitHigh >>> 8)) >>> 0,
    ((at.commitHigh << 24) | (at.commitLow >>> 8)) >>> 0,
    ((at.commitLow << 24) | at.changeHigh) >>> 0,
    at.changeLow,
  ];
}

export function versionOf(at: Position): bigint {
  const commit = (BigInt(at.commitHigh) << 32n) | BigInt(at.commitLow);
  const change = (BigInt(at.changeHigh) << 32n) | BigInt(at.changeLow);
  return (BigInt(at.epoch) << 112n) | (commit << 56n) | change;
}

export function positionOf(version: bigint): Position {
  const commit = (version >> 56n) & (LSN_LIMIT - 1n);
  const change = version & (LSN_LIMIT - 1n);
  return position(Number(version >> 112n), lsnFromBigint(commit), lsnFromBigint(change));
}

/** Rows an initial snapshot reads are older than every change of their epoch, also of transactions it did not see. */
export function initialPosition(epoch: number): Position {
  return position(epoch, LSN_ZERO, LSN_ZERO);
}

/**
 * The least position of rows an incremental snapshot reads: after those of the initial snapshot of its epoch, so that a
 * partition without a message yet does not make them older.
 */
export function incrementalFloor(epoch: number): Position {
  return position(epoch, LSN_ZERO, { high: 0, low: 1 });
}
