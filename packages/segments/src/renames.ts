import type { ClusterRow } from './cluster-rows.ts';
import { positionsIn } from './membership.ts';
import type { RfmPoint } from './rfm-statistics.ts';
import type { RfmTier } from './tiers.ts';

/** What a run keeps of each of its segments under its name. */
export interface NamedSegment {
  readonly cluster: number;
  readonly name: string;
  readonly tier: RfmTier | null;
  /** Medians as multiples of those of all customers. */
  readonly multiples: { readonly recency: number; readonly frequency: number; readonly monetary: number };
}

export interface SegmentRename {
  readonly cluster: number;
  readonly from: string;
  readonly to: string;
  /** One sentence per level that changed. */
  readonly causes: readonly string[];
}

export interface SegmentEvent {
  readonly cluster: number;
  readonly name: string;
}

/** Why a customer is in another segment, or in the same one under another name. */
export type MoveCause =
  | 'own figures in another tier'
  | 'outlier class changed'
  | 'segment renamed'
  | 'segment ended'
  | 'segment began'
  | 'nearer to another segment';

export interface CustomerMove {
  readonly customer: string;
  readonly from: number;
  readonly to: number;
  readonly fromName: string;
  readonly toName: string;
  readonly isRenamed: boolean;
  readonly cause: MoveCause;
}

/** A run's customers, ascending, with segment and tier of each. */
export interface NamedMembership {
  readonly customers: readonly string[];
  readonly segments: Int32Array;
  /** `tierCode` of the customer's own figures. */
  readonly tiers: Uint8Array;
  readonly named: readonly NamedSegment[];
}

export function namedSegment({ cluster, name, tier, median }: ClusterRow, medians: RfmPoint): NamedSegment {
  const multiples = {
    recency: multipleOf(median.recency, medians.recency),
    frequency: multipleOf(median.frequency, medians.frequency),
    monetary: multipleOf(median.monetary, medians.monetary),
  };
  return { cluster, name, tier, multiples };
}

function multipleOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(part) / Number(whole);
}

/** Segments that live on under another name, each with the medians that crossed a border. */
export function segmentRenames(before: readonly NamedSegment[], now: readonly NamedSegment[]): SegmentRename[] {
  const known = new Map(before.map((segment) => [segment.cluster, segment]));
  return now.flatMap((segment) => {
    const old = known.get(segment.cluster);
    if (old === undefined || old.name === segment.name) return [];
    return [{ cluster: segment.cluster, from: old.name, to: segment.name, causes: causesOf(old, segment) }];
  });
}

/** Segments of `now` that `before` does not have. */
export function segmentsOnlyIn(now: readonly NamedSegment[], before: readonly NamedSegment[]): SegmentEvent[] {
  const known = new Set(before.map(({ cluster }) => cluster));
  return now.filter(({ cluster }) => !known.has(cluster)).map(({ cluster, name }) => ({ cluster, name }));
}

/** Everyone of both runs whose segment or its name changed, with the cause. */
export function customerMoves(before: NamedMembership, now: NamedMembership): CustomerMove[] {
  const names = { before: nameOf(before), now: nameOf(now) };
  const positions = positionsIn(before.customers, now.customers);
  const moves: CustomerMove[] = [];
  for (const [index, customer] of now.customers.entries()) {
    const position = positions[index] ?? -1;
    if (position === -1) continue;
    const [from, to] = [before.segments[position] ?? 0, now.segments[index] ?? 0];
    const [fromName, toName] = [names.before.get(from) ?? '', names.now.get(to) ?? ''];
    if (from === to && fromName === toName) continue;
    const isSameTier = before.tiers[position] === now.tiers[index];
    const cause = causeOf({ from, to, isSameTier }, names.before, names.now);
    moves.push({ customer, from, to, fromName, toName, isRenamed: fromName !== toName, cause });
  }
  return moves;
}

function causeOf(
  { from, to, isSameTier }: { from: number; to: number; isSameTier: boolean },
  before: ReadonlyMap<number, string>,
  now: ReadonlyMap<number, string>,
): MoveCause {
  if (!isSameTier) return 'own figures in another tier';
  if (from === to) return 'segment renamed';
  if (from < 0 || to < 0) return 'outlier class changed';
  if (!now.has(from)) return 'segment ended';
  return before.has(to) ? 'nearer to another segment' : 'segment began';
}

function nameOf({ named }: NamedMembership): Map<number, string> {
  return new Map(named.map(({ cluster, name }) => [cluster, name]));
}

function causesOf(old: NamedSegment, now: NamedSegment): string[] {
  const causes: string[] = [];
  for (const [level, feature] of [
    ['monetary', 'monetary value'],
    ['frequency', 'frequency'],
    ['isRecent', 'recency'],
  ] as const) {
    if (old.tier?.[level] === now.tier?.[level]) continue;
    const key = level === 'isRecent' ? 'recency' : level;
    causes.push(
      `its median ${feature} is ${now.multiples[key].toFixed(2)} times that of all customers, was ${old.multiples[key].toFixed(2)}`,
    );
  }
  return causes;
}
