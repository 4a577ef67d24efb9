import type { Pool } from '@ebb/postgres';
import { z } from 'zod';

export const HOPS = [
  'collector -> kafka',
  'kafka -> aggregator -> postgres',
  'postgres -> connector -> topic',
  'topic -> sink -> clickhouse',
  'clickhouse',
  'clickhouse -> dbt -> marts',
] as const;
/** The way of a row, up to where it went wrong. */
export type Hop = (typeof HOPS)[number];

export type FindingKind = 'missing' | 'extra' | 'altered' | 'lost' | 'unaccounted';
export type StoreName = 'kafka' | 'postgres' | 'clickhouse';
export type FindingKey = Readonly<Record<string, string>>;

/** Something that is wrong for certain. */
export interface NewFinding {
  readonly table: string;
  readonly key: FindingKey;
  readonly kind: FindingKind;
  /** Null where what is left does not tell. */
  readonly hop: Hop | null;
  /** The store that holds the wrong state. */
  readonly store: StoreName;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface Finding extends NewFinding {
  readonly id: string;
  readonly firstSeen: Date;
  readonly repairedAt: Date | null;
  readonly problem: string | null;
}

const findingRow = z.object({
  id: z.string(),
  table_name: z.string(),
  key: z.record(z.string(), z.string()),
  kind: z.enum(['missing', 'extra', 'altered', 'lost', 'unaccounted']),
  hop: z.enum(HOPS).nullable(),
  store: z.enum(['kafka', 'postgres', 'clickhouse']),
  evidence: z.record(z.string(), z.unknown()),
  first_seen: z.date(),
  repaired_at: z.date().nullable(),
  problem: z.string().nullable(),
});

export class FindingsStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Writes a confirmed finding down; one that is open already keeps its time. Returns whether it is new. */
  async report(finding: NewFinding): Promise<boolean> {
    const { rows } = await this.#pool.query<{ is_new: boolean }>(
      `INSERT INTO ops.ledger AS l (table_name, key, kind, hop, store, evidence, confirmed_at)
       VALUES ($1, $2, $3, $4, $5, $6, now())
       ON CONFLICT (table_name, key) WHERE closed_at IS NULL DO UPDATE SET kind = excluded.kind,
         hop = coalesce(excluded.hop, l.hop), store = excluded.store, evidence = excluded.evidence,
         -- Found again after a repair: the repair did not hold.
         repaired_at = NULL
       RETURNING old.id IS NULL AS is_new`,
      [
        finding.table,
        JSON.stringify(finding.key),
        finding.kind,
        finding.hop,
        finding.store,
        JSON.stringify(finding.evidence),
      ],
    );
    return rows[0]?.is_new === true;
  }

  async open(): Promise<Finding[]> {
    const { rows } = await this.#pool.query('SELECT * FROM ops.ledger WHERE closed_at IS NULL ORDER BY id');
    return rows.map((raw) => {
      const row = findingRow.parse(raw);
      return {
        id: row.id,
        table: row.table_name,
        key: row.key,
        kind: row.kind,
        hop: row.hop,
        store: row.store,
        evidence: row.evidence,
        firstSeen: row.first_seen,
        repairedAt: row.repaired_at,
        problem: row.problem,
      };
    });
  }

  /** A later check found the key right. */
  async verified(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#pool.query('UPDATE ops.ledger SET verified_at = now(), closed_at = now() WHERE id = ANY ($1)', [ids]);
  }

  async repaired(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#pool.query('UPDATE ops.ledger SET repaired_at = now(), problem = NULL WHERE id = ANY ($1)', [ids]);
  }

  async notRepaired(id: string, problem: string): Promise<void> {
    await this.#pool.query('UPDATE ops.ledger SET problem = $2 WHERE id = $1', [id, problem.slice(0, 1_000)]);
  }
}
