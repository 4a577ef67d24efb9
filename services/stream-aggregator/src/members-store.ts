import { BinaryArrayWriter, type Client, OID } from '@ebb/postgres';
import { byDay, type Statement, statementFor } from './day-tables.ts';
import type { MemberRequest, MemberRequests, SessionRequest } from './member-cache.ts';
import { windowNumber, type WebWindows } from './windows.ts';

// Sorted: that is faster, and two transactions that meet in the same keys wait for each other instead of dying in a
// deadlock.
const INSERT_MEMBERS = {
  name: 'members_insert',
  text: `INSERT INTO kpi.window_members (member, first_session)
    SELECT r.member, r.session FROM unnest($1::uuid[], $2::bigint[]) r (member, session)
    ORDER BY r.member
    ON CONFLICT DO NOTHING`,
};

/** Which of the sent rows this transaction did not store, or stored with another session; ordinals from 1. */
const COMPARE_MEMBERS = {
  name: 'members_compare',
  text: `SELECT r.ordinal::integer AS ordinal, m.xmin = pg_current_xact_id()::xid AS is_new,
      r.session IS NOT NULL AND m.first_session IS DISTINCT FROM r.session AS is_other_session
    FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY r (member, session, ordinal)
    JOIN {table} m ON m.member = r.member
    WHERE m.xmin <> pg_current_xact_id()::xid OR m.first_session IS DISTINCT FROM r.session`,
};

const INSERT_SESSIONS = {
  name: 'sessions_insert',
  text: `WITH other AS (
      SELECT r.member, r.session, min(r.ordinal) AS ordinal
      FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY r (member, session, ordinal)
      LEFT JOIN {table} m ON m.member = r.member
      WHERE m.first_session IS DISTINCT FROM r.session
      GROUP BY r.member, r.session)
    INSERT INTO kpi.window_sessions (member, session)
    SELECT member, session FROM other ORDER BY member, session
    ON CONFLICT DO NOTHING
    RETURNING member, session`,
};

interface Compared {
  ordinal: number;
  is_new: boolean;
  is_other_session: boolean;
}

/**
 * Counts users and sessions that are new in their window. A user's first session in a window stands in the user's row and
 * never changes; any further one has a row of its own. So each pair is stored, and counted, exactly once.
 */
export class MembersStore {
  readonly #writer = new BinaryArrayWriter(1 << 18);

  async count(client: Client, { members, sessions }: MemberRequests, windows: WebWindows): Promise<void> {
    const others = members.length === 0 ? [] : await this.#countMembers(client, members, windows);
    const pending = others.length === 0 ? sessions : [...sessions, ...others];
    for (const [day, requests] of byDay(pending, dayOf)) await this.#countSessions(client, requests, day, windows);
  }

  /** Returns the requests whose session is another one than the stored first one of the user. */
  async #countMembers(
    client: Client,
    requests: readonly MemberRequest[],
    windows: WebWindows,
  ): Promise<SessionRequest[]> {
    const { rowCount } = await client.query({ ...INSERT_MEMBERS, values: this.#encode(requests) });
    if (rowCount === requests.length) {
      for (const request of requests) countUser(windows, request);
      return [];
    }
    const others: SessionRequest[] = [];
    for (const [day, part] of byDay(requests, dayOf)) {
      others.push(...(await this.#countNew(client, part, day, windows)));
    }
    return others;
  }

  async #countNew(
    client: Client,
    requests: readonly MemberRequest[],
    day: number | null,
    windows: WebWindows,
  ): Promise<SessionRequest[]> {
    const compared = await this.#compare(client, requests, day);
    const others: SessionRequest[] = [];
    const counted = new Set<string>();
    requests.forEach((request, index) => {
      const found = compared.get(index + 1);
      const isNew = found === undefined || found.is_new;
      const { a, b, c } = request.member;
      const key = `${windowNumber(request.day, request.minute)} ${a} ${b} ${c}`;
      // A user that left a window and came back within the batch was asked for twice.
      if (isNew && !counted.has(key)) {
        counted.add(key);
        windows.window(request.day, request.minute, request.source).users += 1;
      }
      const { session } = request;
      if (session === null) return;
      if (found?.is_other_session === true) others.push({ ...request, session });
      else if (isNew && !counted.has(`${key} session`)) {
        counted.add(`${key} session`);
        windows.window(request.day, request.minute, request.source).sessions += 1;
      }
    });
    return others;
  }

  async #compare(
    client: Client,
    requests: readonly MemberRequest[],
    day: number | null,
  ): Promise<Map<number, Compared>> {
    const statement = statementFor(COMPARE_MEMBERS, 'kpi.window_members', day);
    const { rows } = await client.query<Compared>({ ...statement, values: this.#encode(requests) });
    return new Map(rows.map((row) => [row.ordinal, row]));
  }

  async #countSessions(
    client: Client,
    requests: readonly SessionRequest[],
    day: number | null,
    windows: WebWindows,
  ): Promise<void> {
    const statement: Statement = statementFor(INSERT_SESSIONS, 'kpi.window_members', day);
    const { rows } = await client.query<{ member: string; session: string }>({
      ...statement,
      values: this.#encode(requests),
    });
    const bySession = new Map(requests.map((request) => [sessionKey(request), request]));
    for (const row of rows) {
      const request = bySession.get(`${row.member.replaceAll('-', '')} ${row.session}`);
      if (request !== undefined) windows.window(request.day, request.minute, request.source).sessions += 1;
    }
  }

  #encode(requests: readonly MemberRequest[]): Buffer[] {
    const writer = this.#writer;
    const { length } = requests;
    writer.reset();
    writer.begin(OID.uuid, length);
    for (const { day, minute, member } of requests) {
      writer.uuid(windowNumber(day, minute), member.a, member.b, member.c);
    }
    const members = writer.end();
    writer.begin(OID.int8, length);
    for (const { session } of requests) {
      if (session === null) writer.null();
      else writer.int8Halves(session.a, session.b);
    }
    return [members, writer.end()];
  }
}

function countUser(windows: WebWindows, { day, minute, source, session }: MemberRequest): void {
  const window = windows.window(day, minute, source);
  window.users += 1;
  if (session !== null) window.sessions += 1;
}

function dayOf(request: MemberRequest): number {
  return request.day;
}

/** How Postgres prints a session's row, without the dashes of the uuid. */
function sessionKey({ day, minute, member, session }: SessionRequest): string {
  const key = [windowNumber(day, minute), member.a, member.b, member.c].map(hex).join('');
  return `${key} ${(BigInt(session.a) << 32n) | BigInt(session.b >>> 0)}`;
}

function hex(part: number): string {
  return (part >>> 0).toString(16).padStart(8, '0');
}
