import { utcDay, DAY_MS, EbbError } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { createKafka, type KafkaHandle } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { compareWithFile, recountSchema } from '../demo/file-comparison.ts';
import { startHttpLoad } from '../drill/http-load.ts';
import { backlog } from '../verify/backlog.ts';
import { formatComparisons, isEqual } from '../verify/format.ts';
import { compareKpis } from '../verify/verify.ts';
import type { ComposeProject } from './compose-project.ts';
import { crash } from './crash.ts';
import { ensureNone, waitForNone } from './ensure.ts';
import type { ComposeTestErrorCode } from './errors.ts';
import type { Logins } from './logins.ts';

const PROCESS_TIMEOUT_MS = 120_000;

/** The project's databases as reached from the host, through the published ports. */
export interface Connections {
  pool: Pool;
  kafka: KafkaHandle;
  close(): Promise<void>;
}

export function openConnections(project: ComposeProject, logins: Logins): Connections {
  const pool = createPool({ url: logins.adminUrl, applicationName: 'ebb-compose-test', max: 2 });
  const kafka = createKafka({ brokers: [`127.0.0.1:${project.ports.KAFKA}`], clientId: 'ebb-compose-test' });
  return { pool, kafka, close: () => pool.end() };
}

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

/** Sends events through the collector, lets a service crash meanwhile, and finds each accepted event exactly once. */
export async function checkCrash(
  project: ComposeProject,
  connections: Connections,
  options: { service: string; writeKey: string },
): Promise<string> {
  const load = startHttpLoad({
    collectorUrl: `http://127.0.0.1:${project.ports.COLLECTOR}`,
    writeKey: options.writeKey,
    seed: options.service,
    batchSize: 50,
    pauseMs: 50,
  });
  let recoveryMs: number;
  try {
    recoveryMs = await crash(project, options.service);
  } finally {
    await load.stop();
  }
  await waitUntilCounted(connections, load.acknowledged);
  await checkKpisEqualRaw(connections);
  const retries = [...load.retries].map(([reason, count]) => `${count} × ${reason}`).join(', ') || 'no retries';
  return `healthy again after ${(recoveryMs / 1_000).toFixed(1)} s; ${load.acknowledged.length} accepted events stored once (${retries})`;
}

async function waitUntilCounted({ pool, kafka }: Connections, ids: readonly string[]): Promise<void> {
  ensureNone(ids.length > 0 ? [] : ['the collector accepted nothing']);
  await waitForNone(
    async () => {
      const { rows } = await pool.query<{ stored: number; distinct: number }>(
        `SELECT count(*)::integer AS stored, count(DISTINCT event_id)::integer AS distinct
         FROM stream.web_events WHERE event_id = ANY($1)`,
        [ids],
      );
      const { stored = 0, distinct = 0 } = rows[0] ?? {};
      if (stored === ids.length && distinct === ids.length) return [];
      return [
        `${distinct} of ${ids.length} accepted events are stored, in ${stored} rows; ${await backlog(pool, kafka)} wait`,
      ];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
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
