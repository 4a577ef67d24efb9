import type { Clickhouse } from '@ebb/clickhouse';
import type { Logger } from '@ebb/runtime';
import { expiredTombstones, removalOfReplaced, removalOfTombstones } from './cleanup.ts';
import { rawName } from './ddl.ts';
import type { Epoch } from './history-row.ts';
import type { JournalTable } from './journal.ts';
import type { CapturedTableStats, MaintenanceContext, PartitionStand } from './types.ts';

export interface MaintainerDeps {
  readonly clickhouse: Clickhouse;
  readonly logger: Logger;
  readonly tables: () => readonly JournalTable[];
  readonly epochs: () => readonly Epoch[];
  /** When an epoch's snapshot was first seen to be complete. */
  readonly completeSinceMs: (epoch: number) => number | undefined;
  /** Topic of a table by its name in Postgres. */
  readonly topicOf: (name: string) => string;
}

/** Stands are asked for after the context's time; a question under way is shared, hence a little more. */
const STAND_AGE_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Deleted rows are looked for so often, per table. */
const CLEAN_EVERY_MS = HOUR_MS;

/**
 * What the captured tables need now and then.
 *
 * Epoch barriers: rows of older epochs that the initial snapshot of a new one did not bring were deleted meanwhile. They
 * are hidden once the snapshot is complete in Kafka, and everything Kafka then held of the table is stored. The marks are
 * kept in memory: after a restart the wait begins again, and ends the same way.
 */
export class Maintainer {
  readonly #deps: MaintainerDeps;
  #made: Set<string> | undefined;
  /** By table and epoch: what each partition has to reach. */
  readonly #targets = new Map<string, Map<number, number>>();
  /** High watermarks of the round before, by topic and partition. */
  #watermarks = new Map<string, number>();
  /** Tables whose old rows are being removed; their deletions follow. */
  readonly #removing = new Set<number>();
  readonly #cleanedAtMs = new Map<number, number>();
  readonly #live = new Map<number, number>();
  #stats: CapturedTableStats[] = [];
  #round = 0;

  constructor(deps: MaintainerDeps) {
    this.#deps = deps;
  }

  get stats(): readonly CapturedTableStats[] {
    return this.#stats;
  }

  async run(context: MaintenanceContext): Promise<void> {
    const tables = this.#deps.tables().filter(({ stateTable, status }) => stateTable !== '' && status !== 'dropped');
    const stands = Map.groupBy(context.partitions, ({ topic }) => topic);
    const standsOf = ({ schema, table }: JournalTable): PartitionStand[] =>
      stands.get(this.#deps.topicOf(`${schema}.${table}`)) ?? [];
    for (const table of tables) await this.#makeBarriers(table, standsOf(table), context.nowMs);
    for (const table of tables) await this.#clean(table, standsOf(table), context.nowMs);
    this.#watermarks = new Map(context.partitions.map((stand) => [standKey(stand), stand.highWatermark]));
    await this.#measure(tables);
  }

  async #makeBarriers(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): Promise<void> {
    const made = await this.#loadMade();
    for (const { epoch, isSnapshotComplete } of this.#deps.epochs()) {
      const key = `${table.oid} epoch ${epoch}`;
      if (!isSnapshotComplete || made.has(key)) continue;
      // Stands that were asked for earlier may lack rows of the snapshot.
      if (nowMs < (this.#deps.completeSinceMs(epoch) ?? Infinity) + STAND_AGE_MS) continue;
      const target = this.#targets.get(key);
      if (target === undefined) {
        this.#targets.set(key, new Map(stands.map(({ partition, highWatermark }) => [partition, highWatermark])));
      }
      if (hasReached(stands, target)) {
        await this.#insertBarrier(table, epoch);
        this.#targets.delete(key);
        made.add(key);
      }
    }
  }

  async #loadMade(): Promise<Set<string>> {
    if (this.#made !== undefined) return this.#made;
    const sql = `SELECT DISTINCT table_oid, reason FROM ops.barriers WHERE startsWith(reason, 'epoch ')`;
    const rows = await this.#deps.clickhouse.query<{ table_oid: number; reason: string }>(sql);
    this.#made = new Set(rows.map(({ table_oid, reason }) => `${table_oid} ${reason}`));
    return this.#made;
  }

  async #insertBarrier(table: JournalTable, epoch: number): Promise<void> {
    const { clickhouse, logger } = this.#deps;
    const version = BigInt(epoch) << 112n;
    const name = `${table.schema}.${table.table}`;
    const row = { table_oid: table.oid, table_name: name, version: String(version), reason: `epoch ${epoch}` };
    const body = Buffer.from(`${JSON.stringify(row)}\n`);
    await clickhouse.insert('ops.barriers', { columns: Object.keys(row), format: 'JSONEachRow', body });
    logger.info({ event: 'snapshot_complete', table: name, epoch });
  }

  async #clean(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): Promise<void> {
    if (this.#removing.has(table.oid)) return this.#finishRemoval(table, stands, nowMs);
    if (nowMs - (this.#cleanedAtMs.get(table.oid) ?? 0) < CLEAN_EVERY_MS) return;
    if (table.status !== 'active' || !this.#isQuiet(table, stands)) return;
    const { clickhouse, logger } = this.#deps;
    const found = await clickhouse.query<{ rows: string }>(expiredTombstones(table, stands, nowMs));
    this.#cleanedAtMs.set(table.oid, nowMs);
    const rows = Number(found[0]?.rows ?? 0);
    if (rows === 0) return;
    await clickhouse.command(removalOfReplaced(table, stands, nowMs));
    this.#removing.add(table.oid);
    logger.info({ event: 'deleted_rows_expired', table: `${table.schema}.${table.table}`, rows });
  }

  /** The second half of a removal, once ClickHouse is done with the first; a crash in between starts it over. */
  async #finishRemoval(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): Promise<void> {
    const { clickhouse } = this.#deps;
    const running = await clickhouse.query<{ n: string }>(
      `SELECT count() AS n FROM system.mutations WHERE database = 'raw' AND table = {table:String} AND NOT is_done`,
      { table: table.stateTable },
    );
    if (Number(running[0]?.n ?? 0) > 0) return;
    this.#removing.delete(table.oid);
    await clickhouse.command(removalOfTombstones(table, stands, nowMs));
  }

  /** No replay and no snapshot is under way: everything that stood in the topic a round ago is stored. */
  #isQuiet(table: JournalTable, stands: readonly PartitionStand[]): boolean {
    const latest = this.#deps.epochs().at(-1);
    if (latest !== undefined && !(this.#made?.has(`${table.oid} epoch ${latest.epoch}`) ?? false)) return false;
    return (
      stands.length > 0 &&
      stands.every((stand) => stand.nextOffset >= (this.#watermarks.get(standKey(stand)) ?? Infinity))
    );
  }

  /** Rows and parts of all tables; what is alive, which costs a scan, of one table a round. */
  async #measure(tables: readonly JournalTable[]): Promise<void> {
    const { clickhouse } = this.#deps;
    const counted = tables[this.#round % Math.max(1, tables.length)];
    this.#round += 1;
    if (counted !== undefined) {
      const sql = `SELECT count() AS rows FROM ${rawName(`${counted.viewName}_current`)}`;
      const live = await clickhouse.query<{ rows: string }>(sql);
      this.#live.set(counted.oid, Number(live[0]?.rows ?? 0));
    }
    const parts = await clickhouse.query<{ table: string; rows: string; parts: string }>(
      `SELECT table, sum(rows) AS rows, count() AS parts FROM system.parts
WHERE active AND database = 'raw' GROUP BY table`,
    );
    const byTable = new Map(parts.map((row) => [row.table, row]));
    this.#stats = tables.map((table) => {
      const stored = byTable.get(table.stateTable);
      const rows = Number(stored?.rows ?? 0);
      const deadRows = Math.max(0, rows - (this.#live.get(table.oid) ?? rows));
      return {
        table: `${table.schema}.${table.table}`,
        rows,
        deadRows,
        deadRowRatio: rows === 0 ? 0 : deadRows / rows,
        parts: Number(stored?.parts ?? 0),
      };
    });
  }
}

function standKey({ topic, partition }: PartitionStand): string {
  return `${topic}:${partition}`;
}

/** A topic nobody has made yet has nothing to reach, but a consumer hears of new ones late: a second look decides. */
function hasReached(stands: readonly PartitionStand[], target: ReadonlyMap<number, number> | undefined): boolean {
  if (stands.length === 0) return target?.size === 0;
  return stands.every(({ partition, nextOffset, highWatermark }) => {
    return nextOffset >= (target?.get(partition) ?? highWatermark);
  });
}
