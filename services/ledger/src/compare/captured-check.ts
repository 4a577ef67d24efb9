import { errorMessage } from '@ebb/core';
import { type PoolClient, withTransaction } from '@ebb/postgres';
import type { RowSecret } from '../canonical/row-hash.ts';
import type { Coverage, CoverageStore } from '../store/coverage-store.ts';
import type { Barrier } from './barrier.ts';
import { compareRows, type Comparison, type Mismatch, stillMismatched } from './compare.ts';
import { CLICKHOUSE_SETTINGS, eachByItself, POSTGRES_SETTINGS, type Stores, WorkMeter } from './engines.ts';
import { type Positions, positionSql, sinkPositions } from './positions.ts';
import { ClickhouseSide, keyName, PostgresSide, type RowFactsByKey, type RowSet } from './row-set.ts';
import { type CapturedTable, capturedTables } from './tables.ts';
import { loadShape, type TableShape } from './table-shape.ts';
import type { CheckOutcome } from './web-check.ts';
import { chooseWork, type WorkUnit } from './work-plan.ts';

export interface CapturedCheckOptions {
  readonly budgetSeconds: number;
  readonly isFull: boolean;
  readonly topicPrefix: string;
}

export interface CapturedOutcome extends CheckOutcome {
  readonly table: CapturedTable;
}

/** Work of both engines for a row, s; see WebCheck. */
const SECONDS_PER_ROW = 4e-6;
const ROWS_PER_RANGE = 250_000;
const MOST_RANGES = 1_024;
/** More rows of a table change while it is checked: it is left to a quieter cycle. */
const MOST_MOVING = 50_000;
/** Rows a sink may have stored before it wrote its position down. */
const MOST_IN_FLIGHT = 200_000;

interface Target {
  readonly table: CapturedTable;
  readonly shape: TableShape;
  readonly fingerprint: string;
}

interface Range {
  readonly target: Target;
  readonly range: string;
  readonly condition: { readonly postgres: string; readonly clickhouse: string };
}

/**
 * Captured tables: Postgres, whose rows change, against the current state in ClickHouse, which follows. Compared is a
 * snapshot of Postgres, without the rows that changed since shortly before it: what the sink has stored since is known by
 * its position, so that load makes no difference. A difference counts after a second barrier, if neither side moved.
 */
export class CapturedCheck {
  readonly #stores: Stores;
  readonly #coverage: CoverageStore;
  readonly #secret: RowSecret;
  readonly #barrier: Barrier;

  constructor(stores: Stores, coverage: CoverageStore, secret: RowSecret, barrier: Barrier) {
    this.#stores = stores;
    this.#coverage = coverage;
    this.#secret = secret;
    this.#barrier = barrier;
  }

  async run(options: CapturedCheckOptions): Promise<{ outcomes: CapturedOutcome[]; problems: string[] }> {
    const unread = await this.#unread();
    if (unread === null) return { outcomes: [], problems: ['captured tables are being read for the first time'] };
    const captured = await capturedTables(this.#stores.pool, options.topicPrefix);
    const problems = [...unread.tables].map((name) => `${name} is being read again`);
    const tables = captured.filter(({ name }) => !unread.tables.has(name));
    const targets: Target[] = [];
    for (const table of tables) {
      const shape = await this.shape(table);
      if (shape === null) problems.push(`${table.name} is not in ClickHouse, or its key cannot be compared`);
      else targets.push({ table, shape, fingerprint: `${await this.#signs(table)}|${table.changes}` });
      if (shape !== null && shape.uncompared.length > 0) {
        problems.push(`${table.name}: not compared are ${shape.uncompared.join(', ')}`);
      }
    }
    const chosen = await this.#choose(targets, options);
    const outcomes = chosen.length === 0 ? [] : await this.#compare(chosen, problems);
    const after = await this.#unread();
    // A new epoch began meanwhile: what was found is what its snapshot is for.
    if (after?.epoch !== unread.epoch) return { outcomes: [], problems: [...problems, 'a new epoch has begun'] };
    return { outcomes: outcomes.filter(({ table }) => !after.tables.has(table.name)), problems };
  }

  shape({ schema, table }: CapturedTable): Promise<TableShape | null> {
    const clickhouseTable = `${schema}_${table}_current`;
    return loadShape(this.#stores, { schema, table, clickhouseDatabase: 'raw', clickhouseTable }, this.#secret);
  }

  /**
   * The epoch, and the tables of which ClickHouse cannot have every row yet, since they are still being read. Null while
   * that is all of them, or no epoch is under way.
   */
  async #unread(): Promise<{ epoch: number; tables: ReadonlySet<string> } | null> {
    const { rows } = await this.#stores.pool.query<{ epoch: number; complete: boolean; tables: string[] }>(
      `SELECT e.epoch, e.snapshot_completed_at IS NOT NULL AS complete,
         ARRAY(SELECT DISTINCT r.schema_name || '.' || r.table_name FROM ops.cdc_resnapshots r
           WHERE r.completed_at IS NULL) AS tables
       FROM ops.cdc_epochs e WHERE e.retired_at IS NULL ORDER BY e.epoch DESC LIMIT 1`,
    );
    const found = rows[0];
    return found?.complete === true ? { epoch: found.epoch, tables: new Set(found.tables) } : null;
  }

  /** Changes that the sink does not make by itself. */
  async #signs({ schema, table }: CapturedTable): Promise<string> {
    const rows = await this.#stores.clickhouse.query<{ signs: string }>(
      `SELECT toString(count()) AS signs FROM system.mutations
       WHERE database = 'raw' AND table IN ({state:String}, {log:String})`,
      { state: `${schema}_${table}`, log: `${schema}_${table}_log` },
    );
    return rows[0]?.signs ?? '';
  }

  async #choose(targets: readonly Target[], options: CapturedCheckOptions): Promise<Range[]> {
    const ranges: Range[] = [];
    const units = new Map<WorkUnit, Range>();
    for (const target of targets) {
      const known = await this.#coverage.of(target.table.name);
      const parts = rangesOf(target);
      for (const range of parts) units.set(unitOf(range, known.get(range.range), parts.length), range);
      await this.#coverage.keepOnly(
        target.table.name,
        parts.map(({ range }) => range),
      );
    }
    const chosen = options.isFull ? [...units.keys()] : chooseWork([...units.keys()], options.budgetSeconds);
    for (const unit of chosen) {
      const range = units.get(unit);
      if (range !== undefined) ranges.push(range);
    }
    return ranges;
  }

  async #compare(ranges: readonly Range[], problems: string[]): Promise<CapturedOutcome[]> {
    const topics = [...new Set(ranges.map(({ target }) => target.table.topic))];
    // Before the snapshot: whatever the sink stores from here on may be younger than it.
    const since = await sinkPositions(this.#stores.clickhouse, topics);
    const compared = await withTransaction(
      this.#stores.pool,
      async (client) => {
        await client.query(POSTGRES_SETTINGS);
        // The first statement takes the snapshot, so that the position is one behind it.
        await client.query('SELECT 1');
        const behind = await this.#barrier.pass(await this.#barrier.currentLsn(), topics);
        for (const topic of behind) problems.push(`${topic} was not stored in time`);
        const results: Compared[] = [];
        for (const range of ranges) {
          if (behind.has(range.target.table.topic)) continue;
          results.push(await this.#range(client, range, since.get(range.target.table.topic) ?? new Map()));
        }
        return results;
      },
      { isolation: 'repeatable read', readOnly: true },
    );
    return this.#confirm(compared, problems);
  }

  async #range(client: PoolClient, range: Range, since: Positions): Promise<Compared> {
    const meter = new WorkMeter();
    const sides = {
      postgres: new PostgresSide(client, meter),
      clickhouse: new ClickhouseSide(this.#stores.clickhouse, meter),
    };
    const now = (await sinkPositions(this.#stores.clickhouse, [range.target.table.topic])).get(
      range.target.table.topic,
    );
    const set = rangeSet(range, since, now ?? since);
    // Twice: a row that changes between the reads is left out by both engines only if it was seen to move before.
    let comparison: Comparison | null = null;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const moving = await this.#moving(range, since, meter);
      if (moving === null) return { range, set, meter, comparison: null };
      const leftOut = await sides.postgres.rowsOf(set, moving);
      const inRange = await this.#keysInRange(client, range, leftOut);
      comparison = await compareRows(set, sides, { leftOut: inRange });
      if (comparison.mismatches.length === 0) break;
    }
    return { range, set, meter, comparison };
  }

  /** Keys the sink has stored something of since; null where they are too many. */
  async #moving({ target }: Range, since: Positions, meter: WorkMeter): Promise<string[][] | null> {
    const { shape, table } = target;
    const keys = shape.keyTexts.map(({ clickhouse }, index) => `${clickhouse} AS k${index}`);
    const rows = await meter.measure(() =>
      this.#stores.clickhouse.query<Record<string, string>>(
        `SELECT DISTINCT ${keys.join(', ')} FROM raw.\`${table.schema}_${table.table}_history\`
         WHERE ${shape.position.offset} >= ${below(shape, since)} LIMIT ${MOST_MOVING + 1}`,
        {},
        { settings: CLICKHOUSE_SETTINGS },
      ),
    );
    if (rows.length > MOST_MOVING) return null;
    return rows.map((row) => keys.map((_, index) => String(row[`k${index}`])));
  }

  async #keysInRange(client: PoolClient, range: Range, rows: RowFactsByKey): Promise<RowFactsByKey> {
    if (range.range === WHOLE || rows.size === 0) return rows;
    const { shape } = range.target;
    const names = shape.keys.map((_, index) => `w${index}`);
    const matches = shape.keys.map(({ name, type }, index) => `"${name}" = wanted.w${index}::${type}`);
    const keys = [...rows.values()].map(({ key }) => key);
    const { rows: inside } = await client.query<Record<string, string>>(
      `SELECT ${shape.keyTexts.map(({ postgres }, index) => `${postgres} AS k${index}`).join(', ')} FROM ${shape.postgres}
       JOIN unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS wanted (${names.join(', ')})
         ON ${matches.join(' AND ')} WHERE ${range.condition.postgres}`,
      names.map((_, index) => keys.map((key) => key[index] ?? '')),
    );
    const wanted = new Set(inside.map((row) => keyName(names.map((_, index) => String(row[`k${index}`])))));
    return new Map([...rows].filter(([name]) => wanted.has(name)));
  }

  /** The second barrier, for what differs; and the record of what does not. */
  async #confirm(compared: readonly Compared[], problems: string[]): Promise<CapturedOutcome[]> {
    const differing = compared.filter(({ comparison }) => comparison !== null && comparison.mismatches.length > 0);
    const behind =
      differing.length === 0
        ? new Set<string>()
        : await this.#barrier
            .pass(await this.#barrier.currentLsn(), [
              ...new Set(differing.map(({ range }) => range.target.table.topic)),
            ])
            .catch((error: unknown) => {
              problems.push(errorMessage(error));
              return null;
            });
    const outcomes: CapturedOutcome[] = [];
    for (const one of compared) outcomes.push(await this.#outcome(one, behind));
    return outcomes;
  }

  async #outcome(compared: Compared, behind: ReadonlySet<string> | null): Promise<CapturedOutcome> {
    const { range, set, meter, comparison } = compared;
    const { table, fingerprint } = range.target;
    if (comparison === null) {
      return {
        ...EMPTY,
        table,
        seconds: meter.seconds,
        problems: [`${table.name} changes too much to be checked now`],
      };
    }
    const isEqual = comparison.mismatches.length === 0;
    const hasPassed = behind?.has(table.topic) === false;
    const second =
      isEqual || !hasPassed
        ? { confirmed: [] as Mismatch[], unstable: [...comparison.mismatches] }
        : await this.#lookAgain(set, comparison.mismatches, meter);
    // Everything turned out to be right at the second look, after a barrier of its own.
    const isVerified = second.confirmed.length === 0 && second.unstable.length === 0 && !comparison.isPartial;
    await this.#coverage.record({
      table: table.name,
      range: range.range,
      totals: comparison.totals,
      boundary: {},
      fingerprint,
      isVerified,
      seconds: meter.seconds,
    });
    return {
      table,
      rows: comparison.totals.rows,
      seconds: meter.seconds,
      confirmed: second.confirmed,
      unstable: second.unstable.length,
      problems: comparison.isPartial ? [`${table.name}: more differs than is looked at in one cycle`] : [],
      set,
    };
  }

  #lookAgain(
    set: RowSet,
    mismatches: readonly Mismatch[],
    meter: WorkMeter,
  ): Promise<{ confirmed: Mismatch[]; unstable: Mismatch[] }> {
    const postgres = new PostgresSide(eachByItself(this.#stores.pool), meter);
    const clickhouse = new ClickhouseSide(this.#stores.clickhouse, meter);
    return stillMismatched(everyRow(set), { postgres, clickhouse }, mismatches);
  }
}

interface Compared {
  readonly range: Range;
  readonly set: RowSet;
  readonly meter: WorkMeter;
  /** Null when too much moved. */
  readonly comparison: Comparison | null;
}

const WHOLE = 'all';
const EMPTY: CheckOutcome = { rows: 0, seconds: 0, confirmed: [], unstable: 0, problems: [], set: null };

/** Ranges of the key's hash, a power of two of them, so many that each is checked in about a second. */
function rangesOf(target: Target): Range[] {
  const { rows } = target.table;
  let count = 1;
  while (count < MOST_RANGES && rows / count > ROWS_PER_RANGE) count *= 2;
  if (count === 1) return [{ target, range: WHOLE, condition: { postgres: 'true', clickhouse: '1' } }];
  const { slot } = target.shape;
  return Array.from({ length: count }, (_, index) => ({
    target,
    range: `${index}/${count}`,
    condition: {
      postgres: `(${slot.postgres} & ${count - 1}) = ${index}`,
      clickhouse: `bitAnd(${slot.clickhouse}, ${count - 1}) = ${index}`,
    },
  }));
}

function unitOf({ target, range }: Range, known: Coverage | undefined, count: number): WorkUnit {
  const { table, fingerprint } = target;
  const before = known?.fingerprint ?? null;
  const isSuspicious = before !== null && before.split('|')[0] !== fingerprint.split('|')[0];
  return {
    table: table.name,
    range,
    verifiedAtMs: known?.verifiedAtMs ?? null,
    seconds: (table.rows / count) * SECONDS_PER_ROW,
    state: isSuspicious ? 'suspicious' : before === fingerprint ? 'quiet' : 'changed',
  };
}

/** Without the rows the sink has stored since; a row that claims to be from further on is none of the sink's. */
function rangeSet({ target, condition }: Range, since: Positions, now: Positions): RowSet {
  const { shape } = target;
  const ahead = new Map([...now].map(([partition, offset]) => [partition, offset + MOST_IN_FLIGHT]));
  return {
    shape,
    postgresWhere: condition.postgres,
    clickhouseFrom: shape.clickhouse,
    clickhouseWhere: `(${condition.clickhouse})
      AND (${shape.position.offset} < ${below(shape, since)} OR ${shape.position.offset} >= ${below(shape, ahead)})`,
    postgresPosition: [],
    clickhousePosition: positionColumns(shape),
  };
}

function below({ position }: TableShape, positions: Positions): string {
  return positionSql(positions, undefined, position.partition);
}

function positionColumns({ position }: TableShape): string[] {
  return [position.version, position.partition, position.offset, position.kafkaTime];
}

function everyRow(set: RowSet): RowSet {
  return { ...set, postgresWhere: 'true', clickhouseWhere: '1' };
}

/** All rows of a table; for looking at single keys. */
export function capturedSet(shape: TableShape): RowSet {
  return {
    shape,
    postgresWhere: 'true',
    clickhouseFrom: shape.clickhouse,
    clickhouseWhere: '1',
    postgresPosition: [],
    clickhousePosition: positionColumns(shape),
  };
}
