import { TOPICS } from '@ebb/contracts';
import type { RecentEvent } from '../../api/recent-schema.ts';
import { type Queryable, toCount } from '../rows.ts';
import { newestSpan } from './newest-span.ts';
import { pagePath } from './page-path.ts';

/** Of each partition, so many minutes in which something was stored are enough to tell how far back to look. */
const ACCOUNTS_READ = 30;

interface AccountRow {
  stored: string;
  first_kafka_time: Date;
  last_kafka_time: Date;
}

/**
 * Since when about `limit` web events were stored: their table can be searched by Kafka time alone, block by block, so
 * the question must say how far back it goes.
 */
async function spanOf(db: Queryable, limit: number): Promise<Date | null> {
  const { rows } = await db.query<AccountRow>(
    `SELECT a.* FROM stream.consumer_offsets p CROSS JOIN LATERAL (
       SELECT new AS stored, first_kafka_time, last_kafka_time FROM ops.batch_ledger b
       WHERE b.topic = p.topic AND b.partition = p.partition AND b.new > 0 AND b.last_kafka_time IS NOT NULL
       ORDER BY b.minute DESC LIMIT ${ACCOUNTS_READ}) a
     WHERE p.topic = $1`,
    [TOPICS.websiteEvents],
  );
  const accounts = rows.map((row) => ({
    stored: toCount(row.stored),
    firstMs: row.first_kafka_time.getTime(),
    lastMs: row.last_kafka_time.getTime(),
  }));
  const fromMs = newestSpan(accounts, limit);
  return fromMs === null ? null : new Date(fromMs);
}

interface StoredRow {
  event_id: string;
  source: string;
  type: string;
  happened_at: Date;
  _kafka_time: Date;
  _processed_at: Date;
  _partition: number;
  _offset: string;
}

interface WebRow extends StoredRow {
  page_url: string | null;
  product_id: string | null;
  device_type: string | null;
  order_id: string | null;
}

/** The web events that were stored last, by their Kafka time. */
export async function readNewestWebEvents(db: Queryable, limit: number): Promise<RecentEvent[]> {
  const from = await spanOf(db, limit);
  if (from === null) return [];
  const { rows } = await db.query<WebRow>(
    `SELECT event_id, source, event_type AS type, event_time AS happened_at, _kafka_time, _processed_at, _partition,
       _offset, page_url, product_id, device_type, order_id
     FROM stream.web_events WHERE _kafka_time >= $1 ORDER BY _kafka_time DESC, _partition, _offset DESC LIMIT $2`,
    [from, limit],
  );
  return rows.map((row) => ({
    kind: 'website',
    ...common(row, TOPICS.websiteEvents),
    page: row.page_url === null ? null : pagePath(row.page_url),
    product: row.product_id,
    device: row.device_type,
    order: row.order_id,
    status: null,
    amount: null,
    currency: null,
  }));
}

interface PurchaseRow extends StoredRow {
  order_id: string;
  order_status: string;
  total_amount: string;
  currency: string;
}

/** The purchase events that were stored last: the greatest offsets of each partition, which have an index. */
export async function readNewestPurchases(db: Queryable, limit: number): Promise<RecentEvent[]> {
  const { rows } = await db.query<PurchaseRow>(
    `SELECT h.event_id, h.source, h.kind AS type, h.status_time AS happened_at, h._kafka_time, h._processed_at,
       h._partition, h._offset, h.order_id, h.order_status, trim_scale(h.total_amount)::text AS total_amount, h.currency
     FROM stream.consumer_offsets p CROSS JOIN LATERAL (
       SELECT * FROM sales.order_status_history o WHERE o._partition = p.partition ORDER BY o._offset DESC LIMIT $2) h
     WHERE p.topic = $1 ORDER BY h._kafka_time DESC, h._partition, h._offset DESC LIMIT $2`,
    [TOPICS.purchaseEvents, limit],
  );
  return rows.map((row) => ({
    kind: 'purchase',
    ...common(row, TOPICS.purchaseEvents),
    page: null,
    product: null,
    device: null,
    order: row.order_id,
    status: row.order_status,
    amount: row.total_amount,
    currency: row.currency,
  }));
}

function common(row: StoredRow, topic: string): Pick<RecentEvent, CommonField> {
  return {
    eventId: row.event_id,
    source: row.source,
    type: row.type,
    happenedAt: row.happened_at.toISOString(),
    receivedAt: row._kafka_time.toISOString(),
    storedAt: row._processed_at.toISOString(),
    topic,
    partition: row._partition,
    offset: toCount(row._offset),
  };
}

type CommonField =
  'eventId' | 'source' | 'type' | 'happenedAt' | 'receivedAt' | 'storedAt' | 'topic' | 'partition' | 'offset';
