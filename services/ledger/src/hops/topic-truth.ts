import { acceptWebMessage, parsePolicyRow, PolicyBook } from '@ebb/contracts';
import { type KafkaHandle, type KeyedMessage, type OffsetRange, readRanges, topicOffsets } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import { webKeyOf, webRowOf } from './web-row.ts';

export interface TopicPosition {
  readonly partition: number;
  readonly offset: number;
}

/** Reads single messages; positions that the log does not hold are absent from the answer. */
export async function readMessages(
  kafka: KafkaHandle,
  topic: string,
  positions: readonly TopicPosition[],
): Promise<Map<string, KeyedMessage>> {
  const wanted = new Set(positions.map(positionName));
  const found = new Map<string, KeyedMessage>();
  for (const round of rangesAround(positions)) {
    await readRanges(kafka, topic, round, (message) => {
      const name = positionName(message);
      if (wanted.has(name)) found.set(name, message);
    });
  }
  return found;
}

export function positionName({ partition, offset }: TopicPosition): string {
  return `${partition}:${offset}`;
}

/** Reading on is cheaper than starting a reader anew, up to a point. */
const WORTH_READING = 50_000;

/** Ranges that hold the positions, in rounds of at most one range of each partition. */
function rangesAround(positions: readonly TopicPosition[]): OffsetRange[][] {
  const rounds: OffsetRange[][] = [];
  for (const partition of new Set(positions.map((position) => position.partition))) {
    const offsets = positions.filter((one) => one.partition === partition).map(({ offset }) => offset);
    const sorted = offsets.filter((offset) => offset >= 0).toSorted((a, b) => a - b);
    let round = 0;
    let range: { partition: number; from: number; to: number } | undefined;
    for (const offset of sorted) {
      if (range !== undefined && offset - range.to <= WORTH_READING) {
        range.to = Math.max(range.to, offset + 1);
        continue;
      }
      range = { partition, from: offset, to: offset + 1 };
      (rounds[round] ??= []).push(range);
      round += 1;
    }
  }
  return rounds;
}

/** What the topic says about a web event. */
export type WebTruth =
  | { readonly kind: 'event'; readonly key: readonly string[]; readonly row: Record<string, unknown> }
  /** The message is there and does not count. */
  | { readonly kind: 'dead'; readonly code: string }
  /** The topic does not hold the position: not any more, or not at all. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'never' };

/** Decodes website messages as every consumer does. */
export class TopicTruth {
  readonly #kafka: KafkaHandle;
  readonly #pool: Pool;

  constructor(kafka: KafkaHandle, pool: Pool) {
    this.#kafka = kafka;
    this.#pool = pool;
  }

  async web(topic: string, positions: readonly TopicPosition[]): Promise<Map<string, WebTruth>> {
    const book = await loadPolicies(this.#pool);
    const messages = await readMessages(this.#kafka, topic, positions);
    const lows = new Map(
      (await topicOffsets(this.#kafka, topic)).map(({ partition, low }) => [partition, Number(low)]),
    );
    return new Map(
      positions.map((position) => {
        const message = messages.get(positionName(position));
        if (message !== undefined) return [positionName(position), decide(message, book)];
        const low = lows.get(position.partition);
        const isGone = low !== undefined && position.offset >= 0 && position.offset < low;
        return [positionName(position), { kind: isGone ? 'gone' : 'never' }];
      }),
    );
  }
}

function decide(message: KeyedMessage, book: PolicyBook): WebTruth {
  const acceptance = acceptWebMessage(message, book);
  if (acceptance.kind === 'dead') return { kind: 'dead', code: acceptance.rejection.code };
  return { kind: 'event', key: webKeyOf(acceptance.event), row: webRowOf(acceptance.event, message) };
}

export async function loadPolicies(pool: Pool): Promise<PolicyBook> {
  const { rows } = await pool.query(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies ORDER BY version',
  );
  return new PolicyBook(rows.map((row) => parsePolicyRow(row)));
}
