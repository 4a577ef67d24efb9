import { ContractModelError } from '../errors.ts';

/** A customer at one moment: what was known then, and when the outcome was known. */
export interface Snapshot {
  readonly customerId: string;
  /** Features may use what happened up to here, and nothing later; epoch milliseconds. */
  readonly asOfMs: number;
  /** End of the window in which churn was looked for. */
  readonly outcomeKnownAtMs: number;
}

export interface TemporalSplit<T> {
  /** Outcome known by the cut. */
  readonly training: T[];
  /** Seen at the cut or later, outcome known in the data. */
  readonly test: T[];
  /** Seen before the cut, outcome only after it: of no use to either side. */
  readonly straddling: T[];
  /** The data end before the outcome is known; such a customer has not stayed, nobody knows yet. */
  readonly unlabelled: T[];
}

export interface TemporalCut {
  readonly cutMs: number;
  /** Last moment the data tell about. */
  readonly dataEndMs: number;
}

/**
 * Divides snapshots by time, as a model in use would meet them: it is trained on outcomes known at the cut and scores
 * customers from then on (out-of-time validation; Bergmeir & Benítez 2012, Information Sciences 191:192-213).
 * Raises BAD_ARGUMENT for times that are no times, or a cut behind the end of the data.
 */
export function splitByTime<T extends Snapshot>(
  snapshots: readonly T[],
  { cutMs, dataEndMs }: TemporalCut,
): TemporalSplit<T> {
  if (!(cutMs <= dataEndMs)) {
    throw new ContractModelError(
      'BAD_ARGUMENT',
      `the cut ${isoTime(cutMs)} is not before the data end, ${isoTime(dataEndMs)}`,
    );
  }
  const split: TemporalSplit<T> = { training: [], test: [], straddling: [], unlabelled: [] };
  for (const snapshot of snapshots) {
    checkSnapshot(snapshot);
    if (snapshot.outcomeKnownAtMs > dataEndMs) split.unlabelled.push(snapshot);
    else if (snapshot.outcomeKnownAtMs <= cutMs) split.training.push(snapshot);
    else if (snapshot.asOfMs >= cutMs) split.test.push(snapshot);
    else split.straddling.push(snapshot);
  }
  return split;
}

/**
 * Refuses a split somebody else made when training knows what comes after the cut, or the test is older than it.
 * Raises LEAKAGE with the row.
 */
export function refuseLeakySplit(
  split: { readonly training: readonly Snapshot[]; readonly test: readonly Snapshot[] },
  cutMs: number,
): void {
  for (const snapshot of split.training) {
    checkSnapshot(snapshot);
    const latest = Math.max(snapshot.asOfMs, snapshot.outcomeKnownAtMs);
    if (latest > cutMs)
      throw leak(`training row of ${nameOf(snapshot)} knows ${isoTime(latest)}, after the cut`, cutMs);
  }
  for (const snapshot of split.test) {
    checkSnapshot(snapshot);
    if (snapshot.asOfMs < cutMs) {
      throw leak(`test row of ${nameOf(snapshot)} is of ${isoTime(snapshot.asOfMs)}, before the cut`, cutMs);
    }
  }
}

function leak(what: string, cutMs: number): ContractModelError {
  return new ContractModelError('LEAKAGE', `${what} ${isoTime(cutMs)}: split with splitByTime`);
}

function checkSnapshot(snapshot: Snapshot): void {
  const { asOfMs, outcomeKnownAtMs } = snapshot;
  if (Number.isFinite(asOfMs) && outcomeKnownAtMs > asOfMs && Number.isFinite(outcomeKnownAtMs)) return;
  const times = `as of ${isoTime(asOfMs)}, outcome known ${isoTime(outcomeKnownAtMs)}`;
  throw new ContractModelError('BAD_ARGUMENT', `${nameOf(snapshot)}: ${times}; the outcome must come after the moment`);
}

function nameOf({ customerId }: Snapshot): string {
  return `customer ${JSON.stringify(customerId)}`;
}

export function isoTime(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`;
}
