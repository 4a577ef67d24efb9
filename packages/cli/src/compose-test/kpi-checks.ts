import { DAY_MS, EbbError, utcDay } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import type { Pool } from '@ebb/postgres';
import { compareWithFile, recountSchema } from '../demo/file-comparison.ts';
import { formatComparisons, isEqual } from '../verify/format.ts';
import { compareKpis } from '../verify/verify.ts';
import type { ComposeProject } from './compose-project.ts';
import { type Connections, PROCESS_TIMEOUT_MS } from './connections.ts';
import { ensureNone, waitForNone } from './ensure.ts';
import type { ComposeTestErrorCode } from './errors.ts';

/** The replayed year, day by day, as a count of the file that shares no code with the replay. */
export async function checkReplayedYear(project: ComposeProject, { pool }: Connections): Promise<string> {
  const last = await waitForLastDay(pool);
  const recount = [
    'services/simulator/src/main.ts',
    'recount',
    ONLINE_RETAIL_YEAR_1.path,
    '--shift-to',
    last,
    '--json',
  ];
  const { days } = recountSchema.parse(JSON.parse(await project.run(process.execPath, recount)));
  await waitForNone(
    async () => {
      const differing = await compareWithFile(pool, 'retail', days);
      return differing.length === 0 ? [] : [`${differing.length} days differ, the first is ${differing[0]}`];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
  return `${days.length} days up to ${last} equal a recount of the file`;
}

/** The day the replay was shifted to: yesterday, or the day before if midnight has passed since. */
async function waitForLastDay(pool: Pool): Promise<string> {
  const expected = [1, 2].map((days) => utcDay(Date.now() - days * DAY_MS));
  let last = '';
  await waitForNone(
    async () => {
      const { rows } = await pool.query<{ last: string | null }>(
        `SELECT max(day)::text AS last FROM kpi.order_day WHERE source = 'retail'`,
      );
      last = rows[0]?.last ?? 'none';
      return expected.includes(last) ? [] : [`the last replayed day is ${last}, not ${expected.join(' or ')}`];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
  return last;
}

/** Every live KPI against one SQL over the raw rows, in one snapshot, while traffic goes on. */
export async function checkKpisEqualRaw({ pool }: Connections): Promise<string> {
  const comparisons = await compareKpis(pool);
  if (!isEqual(comparisons)) {
    throw new EbbError<ComposeTestErrorCode>('CHECK_FAILED', `\n${formatComparisons(comparisons)}`);
  }
  return comparisons.map(({ table, rows }) => `${table} ${rows} rows`).join(', ');
}

/** Nothing but what was asked for: without demo data the tables of a new project are empty. */
export async function checkNoDemoData({ pool }: Connections): Promise<string> {
  const { rows } = await pool.query<{ events: number; documents: number }>(
    `SELECT (SELECT count(*) FROM stream.web_events)::integer AS events,
       (SELECT count(*) FROM sales.order_status_history)::integer AS documents`,
  );
  const { events = -1, documents = -1 } = rows[0] ?? {};
  ensureNone(events === 0 && documents === 0 ? [] : [`${events} events and ${documents} documents are stored`]);
  return 'no events, no orders';
}

export async function countStoredEvents({ pool }: Connections): Promise<number> {
  const { rows } = await pool.query<{ events: number }>('SELECT count(*)::integer AS events FROM stream.web_events');
  return rows[0]?.events ?? 0;
}
