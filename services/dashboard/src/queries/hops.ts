import { type Hop, HOP_NAMES } from '../api/hops-schema.ts';
import { type Queryable, toCount, toIso } from './rows.ts';

interface Row {
  hop: Hop['hop'];
  as_of: Date | null;
  backlog: string | null;
  problem: string | null;
  updated_at: Date | null;
}

const SQL = 'SELECT hop, as_of, backlog, problem, updated_at FROM ops.hop_states';

/** All hops, in the order data takes them; one that never reported has nulls. */
export async function readHops(db: Queryable): Promise<Hop[]> {
  const { rows } = await db.query<Row>(SQL);
  const byName = new Map(rows.map((row) => [row.hop, row]));
  return HOP_NAMES.map((hop) => {
    const row = byName.get(hop);
    return {
      hop,
      asOf: toIso(row?.as_of),
      backlog: row?.backlog === null || row?.backlog === undefined ? null : toCount(row.backlog),
      problem: row?.problem ?? null,
      updatedAt: toIso(row?.updated_at),
    };
  });
}
