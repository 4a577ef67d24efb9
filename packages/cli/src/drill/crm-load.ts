import { SeededRandom, sleep } from '@ebb/core';
import { createPool, type Pool, withTransaction } from '@ebb/postgres';

/** The captured table that the drill changes all the time, and in which it looks for its probes. */
export const DRILL_TABLE = { schema: 'crm', table: 'drill_accounts' } as const;
const NAME = `${DRILL_TABLE.schema}.${DRILL_TABLE.table}`;
const KEYS = 400;
const PAUSE_MS = 20;
const RETRY_PAUSE_MS = 200;

export interface CrmLoad {
  /** Transactions that Postgres acknowledged. */
  readonly committed: () => number;
  stop(): Promise<void>;
}

export async function createDrillTable(pool: Pool): Promise<void> {
  await pool.query(`CREATE TABLE ${NAME} (id bigint PRIMARY KEY, balance numeric(20,4) NOT NULL, note text,
    tags text[], doc jsonb, is_open boolean NOT NULL DEFAULT true, changed_at timestamptz NOT NULL DEFAULT now())`);
}

/** Small transactions that insert, change, move and delete rows of the drill's table, until told to stop. */
export function startCrmLoad(url: string, seed: string): CrmLoad {
  const random = new SeededRandom(`${seed}/crm`);
  const pool = createPool({ url, applicationName: 'ebb-drill-crm', max: 1 });
  const stopping = new AbortController();
  let committed = 0;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const statements = Array.from({ length: 1 + random.int(4) }, () => drawStatement(random));
      try {
        await withTransaction(pool, async (client) => {
          for (const statement of statements) await client.query(statement);
        });
        committed += 1;
        await sleep(PAUSE_MS, stopping.signal);
      } catch {
        // Postgres is away, or two statements met on a key: neither is what a drill is about.
        await sleep(RETRY_PAUSE_MS, stopping.signal);
      }
    }
  })();
  const end = async (): Promise<void> => {
    stopping.abort();
    await running;
    await pool.end();
  };
  let ended: Promise<void> | null = null;
  return { committed: () => committed, stop: () => (ended ??= end()) };
}

function drawStatement(random: SeededRandom): string {
  const id = random.int(KEYS);
  const amount = `${random.int(1_000_000)}.${String(random.int(10_000)).padStart(4, '0')}`;
  return random.weighted([
    [
      `INSERT INTO ${NAME} (id, balance, note, tags, doc)
       SELECT i % ${KEYS}, ${amount}, repeat(md5(i::text), 1 + i % 300), ARRAY['t' || i, NULL], jsonb_build_object('n', i)
       FROM generate_series(${id}, ${id + random.int(8)}) i ON CONFLICT (id) DO NOTHING`,
      4,
    ],
    [`UPDATE ${NAME} SET balance = balance + ${amount}, changed_at = now() WHERE id = ${id}`, 8],
    [`UPDATE ${NAME} SET is_open = NOT is_open WHERE id BETWEEN ${id} AND ${id + 10}`, 2],
    [
      `UPDATE ${NAME} SET id = ${random.int(KEYS)} WHERE id = ${id}
       AND NOT EXISTS (SELECT FROM ${NAME} WHERE id = ${random.int(KEYS)})`,
      1,
    ],
    [`DELETE FROM ${NAME} WHERE id BETWEEN ${id} AND ${id + random.int(4)}`, 2],
  ]);
}
