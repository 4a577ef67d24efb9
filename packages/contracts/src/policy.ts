import { EbbError } from '@ebb/core';
import type { CustomType } from './custom-type.ts';
import { HEADERS } from './topics.ts';

/** What acceptance depends on besides the message itself: one row of ops.policies, never changed once written. */
export interface Policy {
  readonly version: number;
  readonly rawRetentionDays: number;
  readonly customTypes: Readonly<Record<string, CustomType>>;
  readonly effectiveFromMs: number;
}

export type MessageHeaders = Readonly<Record<string, string | undefined>>;

/** A version as it is written in a header. */
const STAMP = /^[1-9][0-9]{0,8}$/;

/** All policy versions a process knows. Immutable: a reload makes a new book. */
export class PolicyBook {
  readonly #byVersion: ReadonlyMap<number, Policy>;
  /** By what stands in a message's header. */
  readonly #byStamp: ReadonlyMap<string, Policy>;
  /** Newest first, so that the one in force is nearly always the first looked at. */
  readonly #newestFirst: readonly Policy[];

  constructor(policies: readonly Policy[]) {
    if (policies.length === 0) throw new EbbError('NO_POLICY', 'a policy book needs at least one policy version');
    this.#byVersion = new Map(policies.map((policy) => [policy.version, policy]));
    this.#byStamp = new Map(
      policies.map((policy) => [String(policy.version), policy] as const).filter(([stamp]) => STAMP.test(stamp)),
    );
    this.#newestFirst = policies.toSorted((a, b) => b.version - a.version);
  }

  latest(): Policy {
    return this.#newestFirst[0] as Policy;
  }

  byVersion(version: number): Policy | undefined {
    return this.#byVersion.get(version);
  }

  /** The newest version whose time had come; the oldest version when none had, so that the answer is total. */
  effectiveAt(timeMs: number): Policy {
    const found = this.#newestFirst.find((policy) => policy.effectiveFromMs <= timeMs);
    return found ?? (this.#newestFirst.at(-1) as Policy);
  }

  /** The policy a message was stamped with, else the one in force at its Kafka time; undefined for an unknown version. */
  forMessage(headers: MessageHeaders, kafkaTimeMs: number): Policy | undefined {
    const stamped = headers[HEADERS.policy];
    return stamped === undefined ? this.effectiveAt(kafkaTimeMs) : this.#byStamp.get(stamped);
  }
}

/**
 * The policy version a message asks for that this book does not hold, or null. A consumer reloads its book on a number:
 * a version written a moment ago must not turn good events into dead letters.
 */
export function missingPolicyVersion(headers: MessageHeaders, book: PolicyBook): number | null {
  const stamped = headers[HEADERS.policy];
  if (stamped === undefined || !STAMP.test(stamped)) return null;
  const version = Number(stamped);
  return book.byVersion(version) === undefined ? version : null;
}

/** The policy a fresh database starts with, for tests and tools without one. */
export const DEFAULT_POLICY: Policy = {
  version: 1,
  rawRetentionDays: 400,
  customTypes: {},
  effectiveFromMs: Date.UTC(1970, 0, 1),
};
