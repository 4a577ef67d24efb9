import { SeededRandom, sleep } from '@ebb/core';
import { createPool, type Pool, type PoolClient, quoteIdentifier, quoteLiteral, withTransaction } from '@ebb/postgres';
import { postgresName, type TableName } from '../../capture-check/table-shape.ts';

interface LiveColumn {
  name: string;
  typname: string;
  typmod: number;
  isNullable: boolean;
  isKey: boolean;
}

const PAUSE_MS = 4;
const KEYS = 200;

/**
 * Writes to tables whose columns change under it: looks at the columns in each transaction, and holds a lock that keeps
 * them as they are until its commit.
 */
export class SteadyWriter {
  readonly #random: SeededRandom;
  readonly #pool: Pool;
  readonly #tables: TableName[];
  readonly #stopping = new AbortController();
  readonly #committed = new Map<string, number>();
  readonly #running: Promise<void>;

  constructor(url: string, tables: readonly TableName[], seed: string) {
    this.#random = new SeededRandom(`${seed}/writer`);
    this.#pool = createPool({ url, applicationName: 'ebb-steady-writer', max: 1 });
    this.#tables = [...tables];
    this.#running = this.#write();
  }

  /** Transactions so far. */
  committed(table: TableName): number {
    return this.#committed.get(postgresName(table)) ?? 0;
  }

  add(table: TableName): void {
    this.#tables.push(table);
  }

  /** Raises what went wrong meanwhile: every statement fits the table as it is. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    try {
      await this.#running;
    } finally {
      await this.#pool.end();
    }
  }

  async #write(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const table = this.#random.pick(this.#tables);
      const name = postgresName(table);
      await withTransaction(this.#pool, async (client) => {
        await client.query(`LOCK TABLE ${name} IN ROW EXCLUSIVE MODE`);
        const columns = await liveColumns(client, name);
        const count = 1 + this.#random.int(4);
        for (let i = 0; i < count; i += 1) await client.query(drawStatement(this.#random, name, columns));
      });
      this.#committed.set(name, this.committed(table) + 1);
      await sleep(PAUSE_MS, this.#stopping.signal);
    }
  }
}

async function liveColumns(client: PoolClient, name: string): Promise<LiveColumn[]> {
  const { rows } = await client.query<LiveColumn>(
    `SELECT a.attname AS name, t.typname, a.atttypmod AS typmod, NOT a.attnotnull AS "isNullable",
       coalesce(a.attnum = ANY (k.indkey), false) AS "isKey"
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [name],
  );
  return rows;
}

function drawStatement(random: SeededRandom, name: string, columns: readonly LiveColumn[]): string {
  const keys = columns.filter((column) => column.isKey);
  const others = columns.filter((column) => !column.isKey);
  const key = keys.map((column) => drawKey(random, column));
  // Without a key there is no row to name.
  if (keys.length === 0) return insert(random, name, [], others);
  const where = keys.map((column, index) => `${quoteIdentifier(column.name)} = ${key[index]}`).join(' AND ');
  const kind = random.weighted([
    ['insert', 5],
    ['update', others.length > 0 ? 6 : 0],
    ['delete', 2],
  ]);
  if (kind === 'delete') return `DELETE FROM ${name} WHERE ${where}`;
  if (kind === 'update') {
    const column = random.pick(others);
    return `UPDATE ${name} SET ${quoteIdentifier(column.name)} = ${draw(random, column)} WHERE ${where}`;
  }
  return insert(random, name, key, [...keys, ...others]);
}

/** Values of the first columns are given. */
function insert(random: SeededRandom, name: string, given: readonly string[], columns: readonly LiveColumn[]): string {
  const names = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const values = columns.map((column, index) => given[index] ?? draw(random, column)).join(', ');
  return `INSERT INTO ${name} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING`;
}

function drawKey(random: SeededRandom, { typname }: LiveColumn): string {
  return typname === 'text' ? quoteLiteral(`k${random.int(KEYS)}`) : String(random.int(KEYS));
}

function draw(random: SeededRandom, column: LiveColumn): string {
  if (column.isNullable && random.bool(0.2)) return 'NULL';
  switch (column.typname) {
    case 'int2':
    case 'int4':
    case 'int8':
      return String(random.int(30_000) - 15_000);
    case 'numeric':
      return drawNumeric(random, column.typmod);
    case 'bool':
      return String(random.bool(0.5));
    case 'uuid':
      return 'gen_random_uuid()';
    case 'timestamptz':
      return `clock_timestamp()`;
    case 'float8':
      return String(random.float());
    case '_money':
      return `ARRAY[1, ${random.int(9)}]::money[]`;
    default:
      return quoteLiteral(`v${random.uint32().toString(36)}`);
  }
}

/** Uses every digit the column has. */
function drawNumeric(random: SeededRandom, typmod: number): string {
  const precision = ((typmod - 4) >> 16) & 0xffff;
  const scale = (typmod - 4) & 0x7ff;
  const digits = (count: number): string => Array.from({ length: count }, () => String(random.int(10))).join('');
  return `${digits(Math.max(1, precision - scale))}.${digits(scale)}`;
}
