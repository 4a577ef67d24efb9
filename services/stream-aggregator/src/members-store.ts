import { BinaryArrayWriter, type Client, OID } from '@ebb/postgres';
import type { MemberRequest, MemberRequests } from './member-cache.ts';
import type { ShortHash } from './short-hash.ts';
import type { WebWindows } from './windows.ts';

// Sorted, so that two transactions that meet in the same keys wait for each other instead of dying in a deadlock.
const INSERT_MEMBERS = {
  name: 'members_insert',
  text: `WITH inserted AS (
      INSERT INTO kpi.window_members (day, minute, source, member, first_session)
      SELECT r.day, r.minute, r.source, r.member, r.session
      FROM unnest($1::date[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[]) r (day, minute, source, member, session)
      ORDER BY r.day, r.minute, r.member
      ON CONFLICT DO NOTHING
      RETURNING day, minute, source, first_session)
    SELECT day - date '1970-01-01' AS day, minute, source,
      count(*)::integer AS users, count(first_session)::integer AS sessions
    FROM inserted GROUP BY 1, 2, 3`,
};

const INSERT_SESSIONS = {
  name: 'sessions_insert',
  text: `WITH inserted AS (
      INSERT INTO kpi.window_sessions (day, minute, source, member, session)
      SELECT r.day, r.minute, r.source, r.member, r.session
      FROM unnest($1::date[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[]) r (day, minute, source, member, session)
      LEFT JOIN kpi.window_members m ON m.day = r.day AND m.minute = r.minute AND m.member = r.member
        AND m.source = r.source
      WHERE m.first_session IS DISTINCT FROM r.session
      ORDER BY r.day, r.minute, r.member, r.session
      ON CONFLICT DO NOTHING
      RETURNING day, minute, source)
    SELECT day - date '1970-01-01' AS day, minute, source, 0 AS users, count(*)::integer AS sessions
    FROM inserted GROUP BY 1, 2, 3`,
};

interface NewMembers {
  day: number;
  minute: number;
  source: string;
  users: number;
  sessions: number;
}

/**
 * Counts users and sessions that are new in their window. A user's first session in a window stands in the user's row and
 * never changes; any further one has a row of its own. So each pair is stored, and counted, exactly once.
 */
export class MembersStore {
  readonly #writer = new BinaryArrayWriter(1 << 18);

  async count(client: Client, requests: MemberRequests, windows: WebWindows): Promise<void> {
    const { members, sessions } = requests;
    let pending: readonly MemberRequest[] = sessions;
    if (members.length > 0) {
      const inserted = await this.#insert(client, INSERT_MEMBERS, members);
      const users = addTo(windows, inserted);
      // Some were there before, maybe with another first session: which ones, the next statement finds out.
      if (users < members.length) pending = [...sessions, ...members.filter((request) => request.session !== null)];
    }
    if (pending.length > 0) addTo(windows, await this.#insert(client, INSERT_SESSIONS, pending));
  }

  async #insert(
    client: Client,
    statement: { name: string; text: string },
    requests: readonly MemberRequest[],
  ): Promise<NewMembers[]> {
    const { rows } = await client.query<NewMembers>({ ...statement, values: this.#encode(requests) });
    return rows;
  }

  #encode(requests: readonly MemberRequest[]): Buffer[] {
    const writer = this.#writer;
    const { length } = requests;
    writer.reset();
    writer.begin(OID.date, length);
    for (const request of requests) writer.date(request.day);
    const days = writer.end();
    writer.begin(OID.int2, length);
    for (const request of requests) writer.int2(request.minute);
    const minutes = writer.end();
    writer.begin(OID.text, length);
    for (const request of requests) writer.text(request.source);
    const sources = writer.end();
    writer.begin(OID.uuid, length);
    for (const request of requests) writeHash(writer, request.member);
    const members = writer.end();
    writer.begin(OID.uuid, length);
    for (const request of requests) writeHash(writer, request.session);
    return [days, minutes, sources, members, writer.end()];
  }
}

function writeHash(writer: BinaryArrayWriter, hash: ShortHash | null): void {
  if (hash === null) writer.null();
  else writer.uuid(hash.a, hash.b, hash.c, hash.d);
}

/** Returns the number of users added. */
function addTo(windows: WebWindows, rows: readonly NewMembers[]): number {
  let users = 0;
  for (const row of rows) {
    const window = windows.window(row.day, row.minute, row.source);
    window.users += row.users;
    window.sessions += row.sessions;
    users += row.users;
  }
  return users;
}
