import type { Clickhouse } from '@ebb/clickhouse';
import { TOPICS } from '@ebb/contracts';
import { EbbError, sleep } from '@ebb/core';
import { type KafkaHandle, topicOffsets } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import { Stalls } from '../verify/stalls.ts';
import { countTables, formatTableCounts, type TableCount } from '../verify/table-counts.ts';

const STUCK_MS = 120_000;
const POLL_MS = 500;

export interface HopSources {
  readonly pool: Pool;
  readonly kafka: KafkaHandle;
  readonly clickhouse: Clickhouse;
}

/**
 * How much stands at each hop. Rows stream in meanwhile, so ClickHouse is asked until it holds at least what Postgres
 * held before; that both hold the same rows is the ledger's to prove. Raises NOT_DRAINED when a table gets no
 * more rows.
 */
export async function hopLines(sources: HopSources): Promise<string[]> {
  const lines: string[] = [];
  for (const topic of [TOPICS.websiteEvents, TOPICS.purchaseEvents]) {
    const offsets = await topicOffsets(sources.kafka, topic);
    const messages = offsets.reduce((sum, { low, high }) => sum + high - low, 0n);
    lines.push(`${`messages in ${topic}`.padEnd(28)}${messages.toLocaleString('en').padStart(13)}`);
  }
  return [...lines, ...formatTableCounts(await untilArrived(sources))];
}

async function untilArrived({ pool, clickhouse }: HopSources): Promise<TableCount[]> {
  const first = await countTables(pool, clickhouse);
  const stalls = new Stalls(STUCK_MS);
  for (let counts = first; ; counts = await countTables(pool, clickhouse)) {
    // Few rows of a live shop are ever deleted; a thousandth allows for those.
    const behind = counts.filter(({ clickhouse: there }, index) => there < least(first[index]));
    if (behind.length === 0) return counts;
    const stuck = stalls.stuck(new Map(behind.map(({ table, clickhouse: there }) => [table, there])), Date.now());
    if (stuck.length > 0) {
      throw new EbbError(
        'NOT_DRAINED',
        `ClickHouse stays behind in ${stuck.join(', ')}; look at "ebb cdc status" and "ebb logs"`,
      );
    }
    await sleep(POLL_MS);
  }
}

function least(count: TableCount | undefined): bigint {
  const rows = count?.postgres ?? 0n;
  return rows - rows / 1000n;
}
