import { HOUR_MS } from '@ebb/core';
import { NO_LIMIT, type Positions, positionSql } from './positions.ts';
import { quoteText, type RowSet } from './row-set.ts';
import type { TableShape } from './table-shape.ts';

/** Where both engines have come to, each by itself and together. */
export interface WebPositions {
  readonly stored: Positions;
  readonly sunk: Positions;
  readonly boundary: Positions;
}

/** Further than a sink can be ahead of the position it has written down. */
const FAR_AHEAD = 10_000_000;

const POSITION = ['_partition', '_offset', '_kafka_time'];

/** All rows; for looking at single keys. */
export function webSet(shape: TableShape): RowSet {
  return {
    shape,
    postgresWhere: 'true',
    clickhouseFrom: 'raw.web_events FINAL',
    clickhouseWhere: '1',
    postgresPosition: POSITION,
    clickhousePosition: POSITION,
  };
}

export interface DaySetOptions {
  readonly topic: string;
  readonly positions: WebPositions;
  /** Days that retention has dropped from Postgres. */
  readonly dropped: readonly string[];
}

/**
 * A day, or an hour of it (`2026-11-22T07`), below the boundary; and whatever claims a position that its engine has not
 * come to yet. Postgres looks up how far it has come within the statement: no snapshot has to hold several together.
 */
export function daySet(shape: TableShape, range: string, { topic, positions, dropped }: DaySetOptions): RowSet {
  const { boundary, stored, sunk } = positions;
  const [day = ''] = range.split('T');
  const below = `_offset < ${positionSql(boundary)}`;
  const ahead = new Map([...sunk].map(([partition, offset]) => [partition, offset + FAR_AHEAD]));
  const hour = hourOf(range);
  const inPostgres = hour === null ? '' : ` AND ${inStretch(hour.from, hour.to)}`;
  const inClickhouse =
    hour === null
      ? ''
      : ` AND event_time >= toDateTime64(${timeText(hour.from)}, 6, 'UTC') AND event_time < toDateTime64(${timeText(hour.to)}, 6, 'UTC')`;
  const skipped = dropped.length === 0 ? '' : ` AND day NOT IN (${dropped.map(quoteText).join(', ')})`;
  return {
    ...webSet(shape),
    postgresWhere: `day = ${quoteText(day)}::date${inPostgres} AND (${below} OR _offset >= ${storedNow(topic, stored)})`,
    clickhouseWhere: `day = toDate32(${quoteText(day)})${inClickhouse} AND (${below} OR _offset >= ${positionSql(ahead)})${skipped}`,
  };
}

/** The same rows, an hour's, in parts: by time in Postgres, by the first key that differs in ClickHouse. */
export function partedSet(set: RowSet, range: string, parts: number, keyCuts: readonly string[]): RowSet {
  const hour = hourOf(range);
  const { postgresWhere, clickhouseWhere } = set;
  const clickhouseParts = keyCuts.map((cut, index) => {
    const from = keyCuts[index - 1];
    const above = from === undefined ? '' : ` AND user_key >= ${quoteText(from)}`;
    return `${clickhouseWhere}${above} AND user_key < ${quoteText(cut)}`;
  });
  const last = keyCuts.at(-1);
  if (last !== undefined) clickhouseParts.push(`${clickhouseWhere} AND user_key >= ${quoteText(last)}`);
  const postgresParts = hour === null ? [] : stretches(hour, parts).map((part) => `${postgresWhere} AND ${part}`);
  return {
    ...set,
    ...(postgresParts.length === 0 ? {} : { postgresParts }),
    ...(clickhouseParts.length === 0 ? {} : { clickhouseParts }),
  };
}

interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

function hourOf(range: string): Stretch | null {
  if (!range.includes('T')) return null;
  const startMs = Date.parse(`${range}:00:00Z`);
  return { from: new Date(startMs), to: new Date(startMs + HOUR_MS) };
}

function stretches({ from, to }: Stretch, count: number): string[] {
  const cut = (index: number): Date =>
    new Date(from.getTime() + Math.round(((to.getTime() - from.getTime()) * index) / count));
  return Array.from({ length: count }, (_, index) => inStretch(cut(index), cut(index + 1)));
}

function inStretch(from: Date, to: Date): string {
  return `event_time >= ${timeText(from)}::timestamptz AND event_time < ${timeText(to)}::timestamptz`;
}

/** SQL: how far the aggregator has come in a row's partition; partitions it knows nothing of have come nowhere. */
function storedNow(topic: string, stored: Positions): string {
  const cases = [...stored.keys()].map(
    (partition) => `WHEN ${partition} THEN (SELECT next_offset FROM stream.consumer_offsets
      WHERE topic = ${quoteText(topic)} AND partition = ${partition})`,
  );
  return cases.length === 0 ? NO_LIMIT : `(CASE _partition ${cases.join(' ')} ELSE ${NO_LIMIT} END)`;
}

/** Without a zone: both engines are told that it is UTC. */
export function timeText(time: Date): string {
  return quoteText(time.toISOString().replace('T', ' ').replace('Z', ''));
}
