import { EbbError, sleep } from '@ebb/core';
import { LogBounds } from '@ebb/kafka';
import type { LedgerErrorCode } from '../errors.ts';
import type { Stores } from './engines.ts';
import { HeartbeatWatch } from './heartbeat-watch.ts';
import { hasReached, type Positions, sinkPositions } from './positions.ts';

export interface BarrierOptions {
  readonly timeoutMs: number;
  readonly heartbeatTopic: string;
  readonly signal?: AbortSignal;
}

const POLL_MS = 500;

/** Everything committed up to a position of the log has come out of the pipeline. */
export class Barrier {
  readonly #stores: Stores;
  readonly #bounds: LogBounds;
  readonly #options: BarrierOptions;

  readonly #heartbeat: HeartbeatWatch;

  constructor(stores: Stores, options: BarrierOptions) {
    this.#stores = stores;
    this.#heartbeat = new HeartbeatWatch(stores, options.heartbeatTopic);
    this.#bounds = new LogBounds(stores.kafka);
    this.#options = options;
  }

  async close(): Promise<void> {
    await this.#heartbeat.stop();
    await this.#bounds.close();
  }

  async currentLsn(): Promise<string> {
    const { rows } = await this.#stores.pool.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    return rows[0]?.lsn ?? '0/0';
  }

  /**
   * Waits until the connector has handed over everything up to `lsn`, then until the sink has stored everything the
   * topics held at that moment. Returns the topics that were not passed in time; raises BARRIER_TIMEOUT where the
   * connector is what does not move.
   */
  async pass(lsn: string, topics: readonly string[]): Promise<ReadonlySet<string>> {
    const deadline = Date.now() + this.#options.timeoutMs;
    await this.#connectorPasses(lsn, deadline);
    const ends = await this.#endsOf(topics);
    let behind = new Set(topics);
    for (;;) {
      const positions = await sinkPositions(this.#stores.clickhouse, [...behind]);
      behind = new Set(
        [...behind].filter((topic) => !hasReached(positions.get(topic) ?? new Map(), ends.get(topic) ?? new Map())),
      );
      if (behind.size === 0 || Date.now() >= deadline || this.#options.signal?.aborted === true) return behind;
      await sleep(POLL_MS, this.#options.signal);
    }
  }

  async #connectorPasses(lsn: string, deadline: number): Promise<void> {
    const wanted = lsnNumber(lsn);
    let passedAt: number | null = null;
    for (;;) {
      const slot = await this.#slot(lsn);
      if (slot?.passed === true) return;
      await this.#heartbeat.start();
      const { lsn: seen, beats } = this.#heartbeat.seen;
      if (seen >= wanted) {
        passedAt ??= beats;
        // Sent is not yet acknowledged; with the next one it is.
        if (beats > passedAt) return;
      }
      if (Date.now() >= deadline || this.#options.signal?.aborted === true) {
        const state =
          slot === undefined ? 'there is no epoch yet' : `slot ${slot.slot} is at ${slot.confirmed ?? 'nothing'}`;
        throw new EbbError<LedgerErrorCode>('BARRIER_TIMEOUT', `the connector has not passed ${lsn}: ${state}`);
      }
      await sleep(POLL_MS, this.#options.signal);
    }
  }

  async #slot(lsn: string): Promise<{ slot: string; confirmed: string | null; passed: boolean | null } | undefined> {
    const { rows } = await this.#stores.pool.query<{ slot: string; confirmed: string | null; passed: boolean | null }>(
      `SELECT e.slot, s.confirmed_flush_lsn::text AS confirmed, s.confirmed_flush_lsn >= $1::pg_lsn AS passed
       FROM ops.cdc_epochs e LEFT JOIN pg_replication_slots s ON s.slot_name = e.slot
       WHERE e.retired_at IS NULL ORDER BY e.epoch DESC LIMIT 1`,
      [lsn],
    );
    return rows[0];
  }

  async #endsOf(topics: readonly string[]): Promise<Map<string, Positions>> {
    const existing = new Set(await this.#bounds.topics());
    const ends = new Map<string, Positions>();
    for (const topic of topics) {
      // A table nothing was ever written to may have no topic.
      const rows = existing.has(topic) ? await this.#bounds.read(topic) : [];
      ends.set(topic, new Map(rows.map(({ partition, high }) => [partition, Number(high)])));
    }
    return ends;
  }
}

function lsnNumber(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
