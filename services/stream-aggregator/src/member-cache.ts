import { MINUTE_MS } from '@ebb/core';
import { digestOf, int32At } from './digest.ts';
import type { WebRow } from './types.ts';
import { type BusinessDayOf, DAY_WINDOW, MINUTES_PER_DAY } from './windows.ts';

/** The first 96 bits of a user's digest, as in kpi.window_key. */
export interface Member {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** A session id and the first 64 bits of its digest, kpi.session_hash. */
export interface Session {
  /** The id itself: cheaper to compare than to digest again. */
  readonly text: string;
  readonly a: number;
  readonly b: number;
}

/** A user to be counted in a window, unless somebody did before. */
export interface MemberRequest {
  readonly day: number;
  readonly minute: number;
  readonly source: string;
  readonly member: Member;
  readonly session: Session | null;
}

/** A session to be counted in a window whose user is counted already. */
export interface SessionRequest extends MemberRequest {
  readonly session: Session;
}

export interface MemberRequests {
  readonly members: MemberRequest[];
  readonly sessions: SessionRequest[];
}

/**
 * Where a user was last counted: one minute and one day are enough for a stream that is roughly in order. There are
 * hundreds of thousands of these: only small integers and references, so that no field is boxed.
 */
interface Seen extends Member {
  minuteIndex: number;
  minuteSession: Session | null;
  day: number;
  daySession: Session | null;
  lastSession: Session | null;
}

/** No minute and no day. */
const NEVER = -1_000_000;

/**
 * Remembers what is stored in the member tables, so that most events need no look there. Only a shortcut: whatever it
 * does not know is asked of the tables, which alone decide. What it says is true after a commit only, so it must be
 * cleared when a transaction fails and when the tables were rebuilt.
 * Bounded: two generations of users, the older one dropped when the younger one is full.
 */
export class MemberCache {
  readonly #usersPerGeneration: number;
  #young = new Map<string, Map<string, Seen>>();
  #old = new Map<string, Map<string, Seen>>();
  #youngUsers = 0;

  constructor(usersPerGeneration: number) {
    this.#usersPerGeneration = usersPerGeneration;
  }

  get size(): number {
    let users = this.#youngUsers;
    for (const bySource of this.#old.values()) users += bySource.size;
    return users;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngUsers = 0;
  }

  /** Adds to `requests` what is not known to be counted for the event, and takes it as counted from now on. */
  note(row: WebRow, businessDayOf: BusinessDayOf, requests: MemberRequests): void {
    const { source, userKey, sessionId, eventTimeMs } = row.event;
    const seen = this.#seen(source, userKey);
    const session = sessionOf(seen, sessionId);
    const minuteIndex = Math.floor(eventTimeMs / MINUTE_MS);
    const utcDay = Math.floor(minuteIndex / MINUTES_PER_DAY);
    const minute = minuteIndex - utcDay * MINUTES_PER_DAY;
    if (seen.minuteIndex !== minuteIndex) {
      requests.members.push({ day: utcDay, minute, source, member: seen, session });
      seen.minuteIndex = minuteIndex;
      seen.minuteSession = session;
    } else if (session !== null && session !== seen.minuteSession) {
      requests.sessions.push({ day: utcDay, minute, source, member: seen, session });
      seen.minuteSession = session;
    }
    this.#noteDay(seen, session, source, { day: businessDayOf(minuteIndex), requests });
  }

  #noteDay(
    seen: Seen,
    session: Session | null,
    source: string,
    { day, requests }: { day: number; requests: MemberRequests },
  ): void {
    if (seen.day !== day) {
      requests.members.push({ day, minute: DAY_WINDOW, source, member: seen, session });
      seen.day = day;
      seen.daySession = session;
    } else if (session !== null && session !== seen.daySession) {
      requests.sessions.push({ day, minute: DAY_WINDOW, source, member: seen, session });
      seen.daySession = session;
    }
  }

  #seen(source: string, userKey: string): Seen {
    const young = this.#young.get(source);
    const known = young?.get(userKey);
    if (known !== undefined) return known;
    const seen = this.#old.get(source)?.get(userKey) ?? newSeen(source, userKey);
    if (this.#youngUsers >= this.#usersPerGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngUsers = 0;
    }
    const target = this.#young.get(source) ?? new Map<string, Seen>();
    this.#young.set(source, target.set(userKey, seen));
    this.#youngUsers += 1;
    return seen;
  }
}

function newSeen(source: string, userKey: string): Seen {
  const digest = digestOf(`${source}|${userKey}`);
  return {
    a: int32At(digest, 0),
    b: int32At(digest, 4),
    c: int32At(digest, 8),
    minuteIndex: NEVER,
    minuteSession: null,
    day: NEVER,
    daySession: null,
    lastSession: null,
  };
}

/** The same object for the same session, so that sessions are compared by reference. */
function sessionOf(seen: Seen, sessionId: string | null): Session | null {
  if (sessionId === null) return null;
  if (seen.lastSession?.text === sessionId) return seen.lastSession;
  const digest = digestOf(sessionId);
  return (seen.lastSession = { text: sessionId, a: int32At(digest, 0), b: int32At(digest, 4) });
}
