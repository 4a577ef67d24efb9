import { acceptPurchaseMessage, parsePurchaseEvent, webEventDigest, webEventIdentity } from '@ebb/contracts';
import { EbbError, errorMessage, formatMoney } from '@ebb/core';
import { withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import { ORDER_EVENTS, purchaseRowOf } from '../checks/purchase-accounts-check.ts';
import { ORDERS } from '../checks/orders-check.ts';
import type { CapturedCheck } from '../compare/captured-check.ts';
import type { Stores } from '../compare/engines.ts';
import { type CapturedTable, WEB_EVENTS } from '../compare/tables.ts';
import type { LedgerErrorCode } from '../errors.ts';
import { loadPolicies, positionName, readMessages, type TopicPosition, type TopicTruth } from '../hops/topic-truth.ts';
import { MART_TABLES } from '../marts/marts-check.ts';
import type { Finding, FindingsStore } from '../store/findings-store.ts';
import { repairCaptured } from './captured-row.ts';
import { repairWebInClickhouse } from './clickhouse-web.ts';

export interface RepairDeps {
  readonly stores: Stores;
  readonly findings: FindingsStore;
  readonly truth: TopicTruth;
  readonly captured: CapturedCheck;
  readonly topics: { readonly website: string; readonly purchase: string };
  readonly tables: () => Promise<CapturedTable[]>;
}

export interface RepairOutcome {
  readonly repaired: number;
  readonly failed: { readonly id: string; readonly problem: string }[];
}

const REPAIR_WEB = 'SELECT ops.repair_web_event($1::uuid, $2::date, $3::jsonb)';

/** Repairs the findings from the truth, each key by itself, and has the figures of touched days counted anew. */
export async function repairFindings(deps: RepairDeps, findings: readonly Finding[]): Promise<RepairOutcome> {
  const repaired: string[] = [];
  const failed: { id: string; problem: string }[] = [];
  const days = new Set<string>();
  for (const finding of findings) {
    try {
      for (const day of await repairOne(deps, finding)) days.add(day);
      repaired.push(finding.id);
    } catch (error) {
      const problem = errorMessage(error);
      failed.push({ id: finding.id, problem });
      await deps.findings.notRepaired(finding.id, problem);
    }
  }
  for (const day of [...days].toSorted()) await deps.stores.pool.query('SELECT ops.rebuild_kpi_day($1::date)', [day]);
  await deps.findings.repaired(repaired);
  return { repaired: repaired.length, failed };
}

/** Returns the business days whose figures have to be counted anew. */
async function repairOne(deps: RepairDeps, finding: Finding): Promise<string[]> {
  if (finding.kind === 'lost' || finding.kind === 'unaccounted') {
    throw notRepairable(`${finding.kind}: no store holds it; its sender has to send it again`);
  }
  if (MART_TABLES.has(finding.table)) {
    throw notRepairable(
      `${finding.table} is what dbt made of the raw rows: build it anew with ebb build --full-refresh`,
    );
  }
  if (finding.table === WEB_EVENTS) return repairWeb(deps, finding);
  if (finding.table === ORDER_EVENTS && finding.store === 'postgres') return repairOrderEvent(deps, finding);
  if (finding.table === ORDERS && finding.store === 'postgres') {
    return repairOrder(deps, finding.key['source'] ?? '', finding.key['order_id'] ?? '');
  }
  const table = (await deps.tables()).find(({ name }) => name === finding.table);
  const shape = table === undefined ? null : await deps.captured.shape(table);
  if (table === undefined || shape === null) throw notRepairable(`${finding.table} is not captured any more`);
  const key = shape.keys.map(({ name }) => finding.key[name] ?? '');
  await repairCaptured(deps.stores, table, shape, [key]);
  return [];
}

function notRepairable(message: string): EbbError<LedgerErrorCode> {
  return new EbbError<LedgerErrorCode>('NOT_REPAIRABLE', message);
}

function positionOf({ evidence }: Finding): TopicPosition {
  const position = z.object({ partition: z.number(), offset: z.number() }).safeParse(evidence);
  return position.success ? position.data : { partition: -1, offset: -1 };
}

async function repairWeb(deps: RepairDeps, finding: Finding): Promise<string[]> {
  const wanted = await wantedWeb(deps, finding);
  if (finding.store === 'clickhouse') {
    await repairWebInClickhouse(deps.stores.clickhouse, finding.key, wanted);
    return [];
  }
  const { source = '', day = '', user_key: userKey = '', event_id: eventId = '' } = finding.key;
  const { rows } = await deps.stores.pool.query<{ identity: string; business_day: string }>(
    `SELECT e.identity, kpi.business_day(e.event_time, kpi.business_timezone())::text AS business_day
     FROM stream.web_events e WHERE e.day = $2::date AND e.source = $1 AND e.user_key = $3 AND e.event_id = $4`,
    [source, day, userKey, eventId],
  );
  const identity = webEventIdentity(webEventDigest({ source, day, userKey, eventId }), eventId);
  // A row somebody added may have any identity.
  for (const other of rows) await deps.stores.pool.query(REPAIR_WEB, [other.identity, day, null]);
  await deps.stores.pool.query(REPAIR_WEB, [identity, day, wanted === null ? null : JSON.stringify(wanted)]);
  return [...rows.map(({ business_day: touched }) => touched), ...(await businessDays(deps, wanted?.['event_time']))];
}

/** The row as it should be; null where there should be none. */
async function wantedWeb(deps: RepairDeps, finding: Finding): Promise<Record<string, unknown> | null> {
  const at = positionOf(finding);
  const truth = (await deps.truth.web(deps.topics.website, [at])).get(positionName(at));
  const key = [finding.key['source'], finding.key['day'], finding.key['user_key'], finding.key['event_id']];
  if (truth?.kind === 'event' && JSON.stringify(truth.key) === JSON.stringify(key)) return truth.row;
  if (truth?.kind !== 'gone') return null;
  if (finding.kind !== 'missing') {
    throw notRepairable('the topic no longer holds the message, and both stores have a row: decide by hand');
  }
  // Only one store has it: what it has is all that is left.
  return finding.store === 'clickhouse' ? webRowInPostgres(deps, key) : webRowInClickhouse(deps, key);
}

async function webRowInPostgres(deps: RepairDeps, key: readonly unknown[]): Promise<Record<string, unknown> | null> {
  const { rows } = await deps.stores.pool.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(e) AS row FROM stream.web_events e
     WHERE e.day = $2::date AND e.source = $1 AND e.user_key = $3 AND e.event_id = $4`,
    [...key],
  );
  const row = rows[0]?.row;
  return row === undefined
    ? null
    : { ...row, event_time: iso(row['event_time']), _kafka_time: iso(row['_kafka_time']) };
}

async function webRowInClickhouse(deps: RepairDeps, key: readonly unknown[]): Promise<Record<string, unknown> | null> {
  const [source, day, userKey, eventId] = key;
  const rows = await deps.stores.clickhouse.query<Record<string, unknown>>(
    `SELECT * FROM raw.web_events_current WHERE source = {source:String} AND day = toDate32({day:String})
       AND user_key = {userKey:String} AND event_id = {eventId:String}`,
    { source, day, userKey, eventId },
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    ...row,
    event_time: `${String(row['event_time'])}Z`,
    _kafka_time: `${String(row['_kafka_time'])}Z`,
    properties: parsed(row['properties']),
    extra: parsed(row['extra']),
  };
}

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : null;
}

function iso(value: unknown): string {
  return new Date(String(value)).toISOString();
}

async function businessDays({ stores }: RepairDeps, time: unknown): Promise<string[]> {
  if (typeof time !== 'string') return [];
  const { rows } = await stores.pool.query<{ day: string }>(
    'SELECT kpi.business_day($1::timestamptz, kpi.business_timezone())::text AS day',
    [time],
  );
  return rows.map(({ day }) => day);
}

async function repairOrderEvent(deps: RepairDeps, finding: Finding): Promise<string[]> {
  const { source = '', order_id: orderId = '', event_id: eventId = '' } = finding.key;
  const at = positionOf(finding);
  const message = (await readMessages(deps.stores.kafka, deps.topics.purchase, [at])).get(positionName(at));
  const book = await loadPolicies(deps.stores.pool);
  const accepted = message === undefined ? null : acceptPurchaseMessage(message, book);
  const event = accepted?.kind === 'accepted' ? accepted.event : null;
  const isThis = event !== null && event.source === source && event.orderId === orderId && event.eventId === eventId;
  if (!isThis && finding.kind !== 'extra') throw notRepairable('the topic no longer holds the message of this event');
  const wanted = isThis && message !== undefined ? JSON.stringify(purchaseRowOf(event, message)) : null;
  await deps.stores.pool.query('SELECT ops.repair_order_event($1, $2, $3, $4::jsonb)', [
    source,
    orderId,
    eventId,
    wanted,
  ]);
  return repairOrder(deps, source, orderId);
}

const winnerRow = z.object({
  event_id: z.string(),
  document: z.unknown(),
  _partition: z.number(),
  _offset: z.string(),
  kafka_time: z.string(),
});

/** Makes the order anew from its events. */
async function repairOrder({ stores }: RepairDeps, source: string, orderId: string): Promise<string[]> {
  return withTransaction(stores.pool, async (client) => {
    const days = `SELECT kpi.business_day(purchase_time, kpi.business_timezone())::text AS day
      FROM sales.orders WHERE source = $1 AND order_id = $2`;
    const before = await client.query<{ day: string }>(days, [source, orderId]);
    const { rows } = await client.query(
      `SELECT event_id, document, _partition, _offset::text, _kafka_time::text AS kafka_time
       FROM sales.order_status_history WHERE source = $1 AND order_id = $2
       ORDER BY status_time DESC, status_rank DESC, event_id DESC LIMIT 1`,
      [source, orderId],
    );
    const winner = rows[0] === undefined ? null : winnerRow.parse(rows[0]);
    const { state, items } = winner === null ? { state: null, items: null } : stateOf(winner);
    const done = await client.query<{ done: boolean }>(
      'SELECT ops.repair_order($1, $2, $3, $4::jsonb, $5::jsonb) AS done',
      [
        source,
        orderId,
        winner?.event_id ?? null,
        state === null ? null : JSON.stringify(state),
        items === null ? null : JSON.stringify(items),
      ],
    );
    if (done.rows[0]?.done !== true) throw notRepairable('the order has just changed; try again');
    const after = await client.query<{ day: string }>(days, [source, orderId]);
    return [...before.rows, ...after.rows].map(({ day }) => day);
  });
}

function stateOf(winner: z.output<typeof winnerRow>): { state: Record<string, unknown>; items: unknown[] } {
  const parsed = parsePurchaseEvent(winner.document);
  if (!parsed.ok) throw notRepairable(`the stored document is not valid: ${parsed.error.message}`);
  const event = parsed.value;
  return {
    state: {
      kind: event.kind,
      user_id: event.userId,
      order_status: event.status,
      status_rank: event.statusRank,
      status_time: new Date(event.statusTimeMs).toISOString(),
      purchase_time: new Date(event.purchaseTimeMs).toISOString(),
      currency: event.currency,
      total_amount: formatMoney(event.totalAmount),
      product_lines: event.items.filter(({ quantity }) => quantity > 0).length,
      payment_method: event.paymentMethod,
      shipping_address: event.shippingAddress,
      country: event.country,
      _partition: winner._partition,
      _offset: Number(winner._offset),
      _kafka_time: winner.kafka_time,
    },
    items: event.items.map((item) => ({
      line_no: item.lineNo,
      product_id: item.productId,
      description: item.description,
      quantity: item.quantity,
      unit_price: formatMoney(item.unitPrice),
    })),
  };
}
