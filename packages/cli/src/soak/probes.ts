import type { Clickhouse } from '@ebb/clickhouse';
import { encodeWebEvent, TOPICS } from '@ebb/contracts';
import { sleep, utcDay } from '@ebb/core';
import type { Producer } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';

/** Delays until readers of ClickHouse saw a row, ms: of an event from its sending, of a change from its commit. */
export interface ProbeDelays {
  readonly eventsMs: number[];
  readonly changesMs: number[];
  /** Probes that were never seen. */
  readonly lost: string[];
}

export interface ProbeTargets {
  readonly producer: Producer;
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  /** Sets the probes of one run apart from those of another on the same stack. */
  readonly name: string;
  /** From the last probe's arrival to the next. */
  readonly pauseMs: number;
}

const SOURCE = 'probe';
const POLL_MS = 100;
const GIVE_UP_MS = 60_000;

/**
 * Again and again one event and one change of its own, each asked for in ClickHouse by its key until it is there. What a
 * reader sees is what counts: acknowledgements and timestamps of columns come from the system that is measured.
 */
export async function runProbes(targets: ProbeTargets, signal: AbortSignal): Promise<ProbeDelays> {
  const delays: ProbeDelays = { eventsMs: [], changesMs: [], lost: [] };
  for (let number = 1; !signal.aborted; number += 1) {
    const id = `${targets.name}-${number}`;
    await Promise.all([
      probe(delays.eventsMs, delays.lost, id, () => sendEvent(targets, id)),
      probe(delays.changesMs, delays.lost, id, () => commitChange(targets, id)),
    ]);
    await sleep(targets.pauseMs, signal);
  }
  return delays;
}

/** `send` resolves with a question to ClickHouse: whether the row is there. */
async function probe(
  delaysMs: number[],
  lost: string[],
  id: string,
  send: () => Promise<{ sentAtMs: number; isThere: () => Promise<boolean> }>,
): Promise<void> {
  const { sentAtMs, isThere } = await send();
  for (;;) {
    if (await isThere()) {
      delaysMs.push(Date.now() - sentAtMs);
      return;
    }
    if (Date.now() - sentAtMs > GIVE_UP_MS) {
      lost.push(id);
      return;
    }
    await sleep(POLL_MS);
  }
}

async function sendEvent(
  { producer, clickhouse }: ProbeTargets,
  id: string,
): Promise<{ sentAtMs: number; isThere: () => Promise<boolean> }> {
  const sentAtMs = Date.now();
  const value = encodeWebEvent({
    eventId: id,
    eventTimeMs: sentAtMs,
    eventType: 'page_view',
    userId: id,
    sessionId: id,
    pageUrl: 'https://shop.example/probe',
    source: SOURCE,
  });
  await producer.send(TOPICS.websiteEvents, [{ key: id, value }]);
  const isThere = async (): Promise<boolean> => {
    const rows = await clickhouse.query(
      `SELECT 1 FROM raw.web_events WHERE source = {source:String} AND day = {day:Date} AND user_key = {id:String}`,
      { source: SOURCE, day: utcDay(sentAtMs), id },
    );
    return rows.length > 0;
  };
  return { sentAtMs, isThere };
}

async function commitChange(
  { pool, clickhouse }: ProbeTargets,
  id: string,
): Promise<{ sentAtMs: number; isThere: () => Promise<boolean> }> {
  await pool.query(
    `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
     VALUES ($1, $2, 'Probe', 'Probe', 'nowhere', current_date)`,
    [SOURCE, id],
  );
  const committedAtMs = Date.now();
  const isThere = async (): Promise<boolean> => {
    const rows = await clickhouse.query(
      'SELECT 1 FROM raw.crm_customers WHERE source = {source:String} AND customer_id = {id:String}',
      { source: SOURCE, id },
    );
    return rows.length > 0;
  };
  return { sentAtMs: committedAtMs, isThere };
}
