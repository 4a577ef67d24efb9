import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import type { Totals } from '../compare/row-set.ts';

/** What the ledger knows of a range of a table. */
export interface Coverage {
  readonly table: string;
  readonly range: string;
  readonly rows: number;
  readonly checksum: bigint;
  /** What was compared; the meaning is the check's own. */
  readonly boundary: unknown;
  readonly fingerprint: string | null;
  readonly verifiedAtMs: number | null;
  readonly seconds: number;
}

const coverageRow = z.object({
  table_name: z.string(),
  range: z.string(),
  rows: z.coerce.number(),
  checksum: z.coerce.bigint(),
  boundary: z.unknown(),
  fingerprint: z.string().nullable(),
  verified_at: z.date().nullable(),
  seconds: z.number(),
});

export interface Checked {
  readonly table: string;
  readonly range: string;
  readonly totals: Totals;
  readonly boundary: unknown;
  readonly fingerprint: string | null;
  readonly isVerified: boolean;
  readonly seconds: number;
}

export class CoverageStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async of(table: string): Promise<Map<string, Coverage>> {
    const { rows } = await this.#pool.query('SELECT * FROM ops.ledger_coverage WHERE table_name = $1', [table]);
    return new Map(
      rows.map((raw) => {
        const row = coverageRow.parse(raw);
        return [
          row.range,
          {
            table: row.table_name,
            range: row.range,
            rows: row.rows,
            checksum: row.checksum,
            boundary: row.boundary,
            fingerprint: row.fingerprint,
            verifiedAtMs: row.verified_at?.getTime() ?? null,
            seconds: row.seconds,
          },
        ];
      }),
    );
  }

  /** A range that was found to differ keeps what it was when it was last equal: it may tell which engine changed. */
  async record({ table, range, totals, boundary, fingerprint, isVerified, seconds }: Checked): Promise<void> {
    await this.#pool.query(
      `INSERT INTO ops.ledger_coverage AS c (table_name, range, rows, checksum, boundary, fingerprint, verified_at, seconds)
       VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END, $8)
       ON CONFLICT (table_name, range) DO UPDATE SET checked_at = now(), seconds = excluded.seconds,
         rows = CASE WHEN $7 THEN excluded.rows ELSE c.rows END,
         checksum = CASE WHEN $7 THEN excluded.checksum ELSE c.checksum END,
         boundary = CASE WHEN $7 THEN excluded.boundary ELSE c.boundary END,
         fingerprint = CASE WHEN $7 THEN excluded.fingerprint ELSE NULL END,
         verified_at = CASE WHEN $7 THEN now() ELSE c.verified_at END`,
      [table, range, totals.rows, String(totals.checksum), JSON.stringify(boundary), fingerprint, isVerified, seconds],
    );
  }

  /** Forgets ranges that are no longer checked. */
  async keepOnly(table: string, ranges: readonly string[]): Promise<void> {
    await this.#pool.query('DELETE FROM ops.ledger_coverage WHERE table_name = $1 AND range <> ALL ($2)', [
      table,
      ranges,
    ]);
  }

  /** Age of what was not verified for longest, s; null while nothing is known. */
  async oldestSeconds(): Promise<number | null> {
    const { rows } = await this.#pool.query<{ age: number | null }>(
      `SELECT extract(epoch FROM now() - min(coalesce(verified_at, checked_at)))::double precision AS age
       FROM ops.ledger_coverage WHERE range <> 'new'`,
    );
    return rows[0]?.age ?? null;
  }
}
