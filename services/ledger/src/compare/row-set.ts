import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import { checksumOf } from '../canonical/row-hash.ts';
import { CLICKHOUSE_SETTINGS, type Queryable, type WorkMeter } from './engines.ts';
import type { TableShape } from './table-shape.ts';

/** Rows that both engines should hold alike. The conditions are SQL. */
export interface RowSet {
  readonly shape: TableShape;
  readonly postgresWhere: string;
  /** Conditions that part these rows, in each engine its own way: no statement is about more than one part. */
  readonly postgresParts?: readonly string[];
  readonly clickhouseParts?: readonly string[];
  /** With FINAL where rows are replaced by newer ones. */
  readonly clickhouseFrom: string;
  readonly clickhouseWhere: string;
  /** Columns beside the key that tell where a row came from. */
  readonly postgresPosition: readonly string[];
  readonly clickhousePosition: readonly string[];
}

export interface Totals {
  readonly rows: number;
  /** Sum of the rows' hashes modulo 2^64. */
  readonly checksum: bigint;
}

export interface RowFacts {
  readonly key: readonly string[];
  readonly hash: bigint;
  /** By the names of the position columns. */
  readonly position: Readonly<Record<string, string>>;
}

/** Totals of the rows whose key falls into a slot. */
export type Slots = Map<number, Totals>;

/** Rows by their key. */
export type RowFactsByKey = Map<string, RowFacts>;

/** A statement may be 256 KiB long. */
const KEYS_AT_ONCE = 500;
const MODULUS = 1n << 64n;
export const EMPTY_TOTALS: Totals = { rows: 0, checksum: 0n };

export function keyName(key: readonly string[]): string {
  return JSON.stringify(key);
}

export function isSameTotals(a: Totals, b: Totals): boolean {
  return a.rows === b.rows && a.checksum === b.checksum;
}

export function subtract(a: Totals, b: Totals): Totals {
  return { rows: a.rows - b.rows, checksum: (a.checksum - b.checksum + MODULUS) % MODULUS };
}

export function add(a: Totals, b: Totals): Totals {
  return { rows: a.rows + b.rows, checksum: (a.checksum + b.checksum) % MODULUS };
}

export function totalsOf(rows: Iterable<RowFacts>): Totals {
  let totals = EMPTY_TOTALS;
  for (const { hash } of rows) totals = add(totals, { rows: 1, checksum: hash });
  return totals;
}

/** Waits after `done` of `all` parts. */
export type Pace = (done: number, all: number) => Promise<void>;

const AT_ONCE: Pace = () => Promise.resolve();

/** One side of a comparison. `slots` is a power of two; a row's slot is its key's hash modulo it. */
export interface Side {
  totals(set: RowSet): Promise<Totals>;
  bySlot(set: RowSet, slots: number): Promise<Slots>;
  rowsIn(set: RowSet, slots: number, wanted: readonly number[]): Promise<RowFactsByKey>;
  rowsOf(set: RowSet, keys: readonly (readonly string[])[]): Promise<RowFactsByKey>;
}

const totalsRow = z.object({ slot: z.coerce.number().optional(), rows: z.coerce.number(), sum: z.string().nullable() });
const factsRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

function readTotals(row: unknown): Totals {
  const { rows, sum } = totalsRow.parse(row);
  return { rows, checksum: checksumOf(sum) };
}

function readSlots(rows: readonly unknown[]): Slots {
  const slots: Slots = new Map();
  for (const row of rows) {
    const slot = totalsRow.parse(row).slot ?? 0;
    slots.set(slot, add(slots.get(slot) ?? EMPTY_TOTALS, readTotals(row)));
  }
  return slots;
}

async function byPart(parts: readonly string[], read: (where: string) => Promise<unknown[]>): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const where of parts) rows.push(...(await read(where)));
  return rows;
}

async function totalsByPart(
  parts: readonly string[],
  read: (where: string) => Promise<unknown[]>,
  pace = AT_ONCE,
): Promise<Totals> {
  let totals = EMPTY_TOTALS;
  for (const [index, where] of parts.entries()) {
    totals = add(totals, readTotals((await read(where))[0]));
    await pace(index + 1, parts.length);
  }
  return totals;
}

function readFacts(rows: readonly unknown[], keyCount: number, position: readonly string[]): RowFactsByKey {
  const facts: RowFactsByKey = new Map();
  for (const row of rows) {
    const record = factsRow.parse(row);
    const key = Array.from({ length: keyCount }, (_, index) => String(record[`k${index}`]));
    const at = Object.fromEntries(position.map((name, index) => [name, String(record[`p${index}`])]));
    const hash = checksumOf(String(record['hash']));
    // Two rows of one key are wrong in any case: together they have a hash that none has.
    const twin = facts.get(keyName(key));
    facts.set(keyName(key), { key, hash: twin === undefined ? hash : (hash + twin.hash) % MODULUS, position: at });
  }
  return facts;
}

export class PostgresSide implements Side {
  readonly #client: Queryable;
  readonly #meter: WorkMeter;
  readonly #pace: Pace;

  constructor(client: Queryable, meter: WorkMeter, pace = AT_ONCE) {
    this.#client = client;
    this.#meter = meter;
    this.#pace = pace;
  }

  async totals({ shape, postgresWhere, postgresParts = [postgresWhere] }: RowSet): Promise<Totals> {
    const read = (where: string): Promise<unknown[]> =>
      this.#rows(
        `SELECT count(*) AS rows, sum(${shape.hash.postgres})::text AS sum FROM ${shape.postgres} WHERE ${where}`,
      );
    return totalsByPart(postgresParts, read, this.#pace);
  }

  async bySlot({ shape, postgresWhere, postgresParts = [postgresWhere] }: RowSet, slots: number): Promise<Slots> {
    const rows = await byPart(postgresParts, (where) =>
      this.#rows(`SELECT (${shape.slot.postgres} & ${slots - 1}) AS slot, count(*) AS rows,
          sum(${shape.hash.postgres})::text AS sum
        FROM ${shape.postgres} WHERE ${where} GROUP BY 1`),
    );
    return readSlots(rows);
  }

  async rowsIn(set: RowSet, slots: number, wanted: readonly number[]): Promise<RowFactsByKey> {
    const { shape, postgresWhere, postgresParts = [postgresWhere] } = set;
    const isWanted = `(${shape.slot.postgres} & ${slots - 1}) = ANY ($1)`;
    const rows = await byPart(postgresParts, (where) =>
      this.#rows(`SELECT ${this.#facts(set)} FROM ${shape.postgres} WHERE (${where}) AND ${isWanted}`, [wanted]),
    );
    return readFacts(rows, shape.keys.length, set.postgresPosition);
  }

  async rowsOf(set: RowSet, keys: readonly (readonly string[])[]): Promise<RowFactsByKey> {
    if (keys.length === 0) return new Map();
    const { shape } = set;
    const names = shape.keys.map((_, index) => `w${index}`);
    const matches = shape.keys.map(({ name, type }, index) => `"${name}" = wanted.w${index}::${type}`);
    const sql = `SELECT ${this.#facts(set)} FROM ${shape.postgres}
      JOIN unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS wanted (${names.join(', ')})
        ON ${matches.join(' AND ')}`;
    const parameters = names.map((_, index) => keys.map((key) => key[index] ?? ''));
    return readFacts(await this.#rows(sql, parameters), shape.keys.length, set.postgresPosition);
  }

  #facts({ shape, postgresPosition }: RowSet): string {
    const keys = shape.keyTexts.map(({ postgres }, index) => `${postgres} AS k${index}`);
    const position = postgresPosition.map((name, index) => `"${name}"::text AS p${index}`);
    return [...keys, `(${shape.hash.postgres})::text AS hash`, ...position].join(', ');
  }

  #rows(sql: string, parameters: readonly unknown[] = []): Promise<unknown[]> {
    return this.#meter.measure(async () => (await this.#client.query(sql, [...parameters])).rows);
  }
}

export class ClickhouseSide implements Side {
  readonly #clickhouse: Clickhouse;
  readonly #meter: WorkMeter;

  constructor(clickhouse: Clickhouse, meter: WorkMeter) {
    this.#clickhouse = clickhouse;
    this.#meter = meter;
  }

  async totals({
    shape,
    clickhouseFrom,
    clickhouseWhere,
    clickhouseParts = [clickhouseWhere],
  }: RowSet): Promise<Totals> {
    return totalsByPart(clickhouseParts, (where) =>
      this.#rows(
        `SELECT count() AS rows, toString(sum(${shape.hash.clickhouse})) AS sum FROM ${clickhouseFrom} WHERE ${where}`,
      ),
    );
  }

  async bySlot(
    { shape, clickhouseFrom, clickhouseWhere, clickhouseParts = [clickhouseWhere] }: RowSet,
    slots: number,
  ): Promise<Slots> {
    const rows = await byPart(clickhouseParts, (where) =>
      this.#rows(`SELECT bitAnd(${shape.slot.clickhouse}, ${slots - 1}) AS slot, count() AS rows,
          toString(sum(${shape.hash.clickhouse})) AS sum
        FROM ${clickhouseFrom} WHERE ${where} GROUP BY slot`),
    );
    return readSlots(rows);
  }

  async rowsIn(set: RowSet, slots: number, wanted: readonly number[]): Promise<RowFactsByKey> {
    const { shape, clickhouseFrom, clickhouseWhere, clickhouseParts = [clickhouseWhere] } = set;
    const isWanted = `bitAnd(${shape.slot.clickhouse}, ${slots - 1}) IN (${wanted.join(', ')})`;
    const rows = await byPart(clickhouseParts, (where) =>
      this.#rows(`SELECT ${this.#facts(set)} FROM ${clickhouseFrom} WHERE (${where}) AND ${isWanted}`),
    );
    return readFacts(rows, shape.keys.length, set.clickhousePosition);
  }

  async rowsOf(set: RowSet, keys: readonly (readonly string[])[]): Promise<RowFactsByKey> {
    const facts: RowFactsByKey = new Map();
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const condition = keyCondition(set.shape, keys.slice(at, at + KEYS_AT_ONCE));
      const sql = `SELECT ${this.#facts(set)} FROM ${set.clickhouseFrom} WHERE ${condition}`;
      const some = readFacts(await this.#rows(sql), set.shape.keys.length, set.clickhousePosition);
      for (const [name, row] of some) facts.set(name, row);
    }
    return facts;
  }

  #facts({ shape, clickhousePosition }: RowSet): string {
    const keys = shape.keyTexts.map(({ clickhouse }, index) => `${clickhouse} AS k${index}`);
    const position = clickhousePosition.map((name, index) => `toString(\`${name}\`) AS p${index}`);
    return [...keys, `toString(${shape.hash.clickhouse}) AS hash`, ...position].join(', ');
  }

  #rows(sql: string): Promise<unknown[]> {
    return this.#meter.measure(() => this.#clickhouse.query(sql, {}, { settings: CLICKHOUSE_SETTINGS }));
  }
}

/** SQL for ClickHouse that holds for these keys; single columns first, since their values lead to the rows. */
export function keyCondition(shape: TableShape, keys: readonly (readonly string[])[]): string {
  const texts = shape.keyTexts.map(({ clickhouse }) => clickhouse);
  const tuples = keys.map((key) => `(${key.map(quoteText).join(', ')})`).join(', ');
  if (texts.length === 1) return `${texts[0] ?? ''} IN (${keys.map(([only = '']) => quoteText(only)).join(', ')})`;
  return `(${texts.join(', ')}) IN (${tuples})`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
