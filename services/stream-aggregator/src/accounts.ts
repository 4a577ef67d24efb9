import { type IdTally, tallyDigests } from '@ebb/contracts';
import { purchaseChecksum } from './purchase-checksum.ts';
import type { Batch, OffsetMove, PurchaseRow, WebRow } from './types.ts';

/** What became of the messages of one partition in a batch: new + duplicate + dead = messages. */
export interface Account extends OffsetMove {
  readonly new: number;
  readonly duplicate: number;
  /** Sum over the new rows modulo 2^64: of identities of web events, of contents of purchase events. */
  readonly checksum: bigint;
}

/** The rows of a batch that were stored and not known before. */
export interface NewRows {
  readonly web: readonly WebRow[];
  readonly purchases: readonly PurchaseRow[];
}

const MODULUS = 1n << 64n;

/** Accounts for every message of a batch, by what the database says it stored. */
export function accountFor({ moves }: Pick<Batch, 'moves'>, added: NewRows): Account[] {
  return moves.map((move) => {
    const { count, checksum } = newOf(move, added);
    return { ...move, new: count, duplicate: move.accepted - count, checksum };
  });
}

function newOf({ kind, partition, accepted }: OffsetMove, { web, purchases }: NewRows): IdTally {
  if (kind === 'website') {
    return tallyDigests(web.filter((row) => row.partition === partition).map(({ digest }) => digest));
  }
  // Whether a dead letter was stored before nobody asks: storing it again changes nothing.
  if (kind === 'dead_letters') return { count: accepted, checksum: 0n };
  const rows = purchases.filter((row) => row.partition === partition);
  const sum = rows.reduce((total, { event }) => total + purchaseChecksum(event), 0n);
  return { count: rows.length, checksum: sum % MODULUS };
}
