import type { RowSecret } from '../canonical/row-hash.ts';
import type { Coverage, CoverageStore } from '../store/coverage-store.ts';
import { compareRows, type Mismatch, stillMismatched } from './compare.ts';
import { eachByItself, type Queryable, type Stores, WorkMeter } from './engines.ts';
import { keyCuts, LongSweep, partCounts } from './long-sweep.ts';
import { newEvents, newEventsConditions, paceOver } from './new-events.ts';
import {
  aggregatorPositions,
  lowest,
  type Positions,
  positionsFromJson,
  positionsToJson,
  sinkPositions,
} from './positions.ts';
import { ClickhouseSide, EMPTY_TOTALS, type Pace, PostgresSide, type RowSet, type Totals } from './row-set.ts';
import { loadShape, type TableShape } from './table-shape.ts';
import { WEB_EVENTS } from './tables.ts';
import { type DayRange, droppedDays, rangesOf, stateOf, SWEEP_SIZES, type SweepSizes, webDays } from './web-days.ts';
import { daySet, partedSet, type WebPositions, webSet } from './web-set.ts';
import { chooseWork, type WorkUnit } from './work-plan.ts';

export interface CheckOutcome {
  readonly rows: number;
  readonly seconds: number;
  readonly confirmed: readonly Mismatch[];
  /** Changed between two looks: they come up again in the next cycle. */
  readonly unstable: number;
  readonly problems: readonly string[];
  readonly set: RowSet | null;
}

export interface WebCheckOptions {
  readonly topic: string;
  readonly budgetSeconds: number;
  /** Check every row, whatever it takes. */
  readonly isFull: boolean;
  /** Ends waiting, not work. */
  readonly signal?: AbortSignal;
}

/** The events that arrived since the last cycle, whichever day they belong to. */
const NEW = 'new';
/** Work of both engines for a row, s. Not what the last check took: on a busy machine that is mostly waiting. */
const SECONDS_PER_ROW = 5e-6;
/** New events are read over so long: all of them at once would take a core from the live path for seconds. */
const SPREAD_MS = 20_000;

/**
 * Raw web events of Postgres against those of ClickHouse. Both are made of the same topic, so rows below the position
 * that both have stored must be alike: nothing in flight can be taken for an error, and nothing has to be waited for.
 */
export class WebCheck {
  readonly #stores: Stores;
  readonly #client: Queryable;
  readonly #coverage: CoverageStore;
  readonly #secret: RowSecret;
  readonly #sizes: SweepSizes;
  #sweep: LongSweep | null = null;

  constructor(stores: Stores, coverage: CoverageStore, secret: RowSecret, sizes = SWEEP_SIZES) {
    this.#stores = stores;
    this.#client = eachByItself(stores.pool);
    this.#coverage = coverage;
    this.#secret = secret;
    this.#sizes = sizes;
  }

  async run(options: WebCheckOptions): Promise<CheckOutcome> {
    const shape = await this.shape();
    if (shape === null)
      return { ...NOTHING, problems: [`${WEB_EVENTS} cannot be compared: ClickHouse has no such table`] };
    await this.#stores.pool.query('SELECT ops.summarize_web_events()');
    const progress = await sinkPositions(this.#stores.clickhouse, [options.topic]);
    const sunk = progress.get(options.topic) ?? new Map<number, number>();
    const known = await this.#coverage.of(WEB_EVENTS);
    const fresh = await this.#newEvents({ shape, options, sunk, known });
    const stored = await aggregatorPositions(this.#client, options.topic);
    const positions = { stored, sunk, boundary: lowest(stored, sunk) };
    const days = await this.#days({ shape, options, sunk, known, positions }, fresh.rows * SECONDS_PER_ROW);
    return { ...merge([fresh, ...days]), set: webSet(shape) };
  }

  shape(): Promise<TableShape | null> {
    return loadShape(
      this.#stores,
      {
        schema: 'stream',
        table: 'web_events',
        clickhouseDatabase: 'raw',
        clickhouseTable: 'web_events',
        keys: ['source', 'day', 'user_key', 'event_id'],
        ignored: ['identity', '_processed_at'],
      },
      this.#secret,
    );
  }

  /** Rows between the last boundary and this one. The first cycle only writes its boundary down. */
  async #newEvents({ shape, options, sunk, known }: Context): Promise<CheckOutcome> {
    const boundary = lowest(await aggregatorPositions(this.#client, options.topic), sunk);
    const found = await newEvents(this.#client, options.topic, positionsFromJson(known.get(NEW)?.boundary), boundary);
    if (found === null) {
      await this.#record(
        { range: NEW, boundary, fingerprint: null },
        { totals: EMPTY_TOTALS, isEqual: true, seconds: 0 },
      );
      return NOTHING;
    }
    const pace = paceOver(options.isFull ? 0 : SPREAD_MS, options.signal);
    const set = { ...webSet(shape), ...newEventsConditions(found) };
    return this.#compare(set, { range: NEW, boundary, fingerprint: null }, pace);
  }

  /** Ranges of days, as many as the budget allows; of those that are too long for a cycle some more parts. */
  async #days(context: DaysContext, spentSeconds: number): Promise<CheckOutcome[]> {
    const { options, known } = context;
    const dropped = await droppedDays(this.#client);
    const days = await webDays(this.#client, this.#stores.clickhouse, options.topic);
    const ranges = rangesOf(days, dropped, this.#sizes);
    const units = ranges.map((range) => workUnit(range, known.get(range.range)));
    const isLong = (unit: DayUnit): boolean =>
      !options.isFull && unit.rows > this.#sizes.hourRows && unit.state !== 'suspicious';
    const short = units.filter((unit) => !isLong(unit));
    const chosen = options.isFull ? units : chooseWork(short, options.budgetSeconds - spentSeconds);
    const outcomes: CheckOutcome[] = [];
    for (const unit of chosen) {
      const set = await this.#setOf(context, unit, dropped);
      outcomes.push(await this.#compare(set, { ...unit, boundary: context.positions.boundary }));
    }
    const left = options.budgetSeconds - spentSeconds - chosen.reduce((sum, { seconds }) => sum + seconds, 0);
    outcomes.push(...(await this.#longSweep(context, units.filter(isLong), { dropped, left })));
    await this.#coverage.keepOnly(WEB_EVENTS, [NEW, ...ranges.map(({ range }) => range)]);
    return outcomes;
  }

  async #setOf({ shape, options, positions }: DaysContext, unit: DayUnit, dropped: readonly string[]): Promise<RowSet> {
    const set = daySet(shape, unit.range, { topic: options.topic, positions, dropped });
    if (unit.rows <= this.#sizes.hourRows) return set;
    const parts = partCounts(unit, this.#sizes);
    const cuts = await keyCuts(this.#stores.clickhouse, unit.range.slice(0, 10), parts.clickhouse);
    return partedSet(set, unit.range, parts.postgres, cuts);
  }

  /** Goes on with the long range whose turn it is. Where the totals differ in the end it is looked at row by row, at once. */
  async #longSweep(
    context: DaysContext,
    units: readonly DayUnit[],
    { dropped, left }: { dropped: readonly string[]; left: number },
  ): Promise<CheckOutcome[]> {
    const [oldest] = units.toSorted((a, b) => (a.verifiedAtMs ?? 0) - (b.verifiedAtMs ?? 0));
    if (oldest === undefined) return [];
    const { boundary } = context.positions;
    this.#sweep ??= new LongSweep(oldest, boundary, await this.#setOf(context, oldest, dropped));
    const sweep = this.#sweep;
    const seconds = await sweep.advance(this.#client, this.#stores.clickhouse, left);
    if (!sweep.isDone) return [{ ...NOTHING, seconds }];
    this.#sweep = null;
    const range = { ...sweep.range, boundary: sweep.boundary };
    if (!sweep.isEqual) return [{ ...NOTHING, seconds }, await this.#compare(sweep.set, range)];
    await this.#record(range, { totals: sweep.totals, isEqual: true, seconds: sweep.seconds });
    return [{ ...NOTHING, rows: sweep.totals.rows, seconds }];
  }

  async #compare(set: RowSet, range: Compared, pace?: Pace): Promise<CheckOutcome> {
    const meter = new WorkMeter();
    const postgres = new PostgresSide(this.#client, meter, pace);
    const clickhouse = new ClickhouseSide(this.#stores.clickhouse, meter);
    const compared = await compareRows(set, { postgres, clickhouse });
    const isEqual = compared.mismatches.length === 0;
    const second = isEqual
      ? { confirmed: [], unstable: [] }
      : await stillMismatched(set, { postgres, clickhouse }, compared.mismatches);
    await this.#record(range, { totals: compared.totals, isEqual, seconds: meter.seconds });
    const partial = `${WEB_EVENTS} ${range.range}: more differs than is looked at in one cycle`;
    return {
      rows: compared.totals.rows,
      seconds: meter.seconds,
      confirmed: second.confirmed,
      unstable: second.unstable.length,
      problems: compared.isPartial ? [partial] : [],
      set,
    };
  }

  #record(
    { range, boundary, fingerprint }: Compared,
    { totals, isEqual, seconds }: { totals: Totals; isEqual: boolean; seconds: number },
  ): Promise<void> {
    return this.#coverage.record({
      table: WEB_EVENTS,
      range,
      totals,
      boundary: positionsToJson(boundary),
      fingerprint,
      isVerified: isEqual,
      seconds,
    });
  }
}

interface Context {
  readonly shape: TableShape;
  readonly options: WebCheckOptions;
  readonly sunk: Positions;
  readonly known: ReadonlyMap<string, Coverage>;
}

interface DaysContext extends Context {
  readonly positions: WebPositions;
}

type DayUnit = WorkUnit & DayRange;

/** A range as it is written down once it is compared. */
interface Compared {
  readonly range: string;
  readonly boundary: Positions;
  readonly fingerprint: string | null;
}

function workUnit(range: DayRange, before: Coverage | undefined): DayUnit {
  return {
    ...range,
    table: WEB_EVENTS,
    verifiedAtMs: before?.verifiedAtMs ?? null,
    seconds: range.rows * SECONDS_PER_ROW,
    state: stateOf(before?.fingerprint ?? null, range.fingerprint),
  };
}

const NOTHING: CheckOutcome = { rows: 0, seconds: 0, confirmed: [], unstable: 0, problems: [], set: null };

export function merge(outcomes: readonly CheckOutcome[]): CheckOutcome {
  return outcomes.reduce(
    (all, one) => ({
      rows: all.rows + one.rows,
      seconds: all.seconds + one.seconds,
      confirmed: [...all.confirmed, ...one.confirmed],
      unstable: all.unstable + one.unstable,
      problems: [...all.problems, ...one.problems],
      set: all.set ?? one.set,
    }),
    NOTHING,
  );
}
