import { sleep } from '@ebb/core';
import { TOPICS } from '@ebb/contracts';
import { createKafka, topicOffsets } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { Argument, type Command } from 'commander';
import { type CommandContext, commandContext } from '../context.ts';
import { runningKafka, runningPostgres } from '../stack/connection.ts';
import { roleUrl } from '../stack/parts.ts';
import { formatTable } from './status-table.ts';

interface View {
  title: string;
  /** Topic whose progress is shown above the rows. */
  topic: string | null;
  sql: string;
}

const SAMPLE_MS = 500;
const TODAY = 'kpi.business_day(now(), kpi.business_timezone())';

/** The newest day with events: a replay of history may be all there is. */
const VIEWS: Readonly<Record<string, View>> = {
  website_events: {
    title: 'Newest web events',
    topic: TOPICS.websiteEvents,
    sql: `SELECT to_char(event_time, 'YYYY-MM-DD HH24:MI:SS') AS event_time, source, event_type, user_key, page_url, product_id
          FROM stream.web_events WHERE day = (SELECT max(day) FROM stream.web_events)
          ORDER BY stream.web_events.event_time DESC LIMIT 15`,
  },
  purchase_events: {
    title: 'Newest purchase events',
    topic: TOPICS.purchaseEvents,
    sql: `SELECT to_char(status_time, 'YYYY-MM-DD HH24:MI:SS') AS status_time, source, order_id, kind, order_status,
            total_amount, currency
          FROM sales.order_status_history ORDER BY sales.order_status_history.status_time DESC LIMIT 15`,
  },
  website_agg: {
    title: 'Web KPIs: today, then the last minutes with events',
    topic: null,
    sql: `(SELECT 'day ' || day AS window, source, total_events, unique_users, total_page_views, total_product_clicks,
             total_sessions, is_complete FROM kpi.web_day WHERE day = ${TODAY} ORDER BY source)
          UNION ALL
          (SELECT to_char(window_start, 'YYYY-MM-DD HH24:MI'), source, total_events, unique_users, total_page_views,
             total_product_clicks, total_sessions, is_complete FROM kpi.web_minute ORDER BY window_start DESC, source LIMIT 15)`,
  },
  purchase_agg: {
    title: 'Order KPIs: today, then the last minutes with orders',
    topic: null,
    sql: `(SELECT 'day ' || day AS window, source, currency, total_orders, valid_orders, gross_amount, net_amount,
             avg_amount, total_products, is_complete FROM kpi.order_day WHERE day = ${TODAY} ORDER BY source, currency)
          UNION ALL
          (SELECT to_char(window_start, 'YYYY-MM-DD HH24:MI'), source, currency, total_orders, valid_orders, gross_amount,
             net_amount, avg_amount, total_products, is_complete
             FROM kpi.order_minute ORDER BY window_start DESC, source, currency LIMIT 15)`,
  },
};

export function registerShow(program: Command): void {
  program
    .command('show')
    .description('newest raw events of a topic, or live KPIs')
    .addArgument(new Argument('<what>').choices(Object.keys(VIEWS)))
    .action(async (what: string) => {
      const view = VIEWS[what];
      if (view !== undefined) await show(commandContext(), view);
    });
}

async function show({ home }: CommandContext, view: View): Promise<void> {
  const server = await runningPostgres(home);
  const url = roleUrl(server.secrets, server.port, 'ebb_reader');
  const pool = createPool({ url, applicationName: 'ebb-show', max: 1 });
  try {
    if (view.topic !== null) console.log(await topicProgress(pool, (await runningKafka(home)).brokers, view.topic));
    console.log(`${view.title}:`);
    console.log(await formatQuery(pool, view.sql));
  } finally {
    await pool.end();
  }
}

async function topicProgress(pool: Pool, brokers: string, topic: string): Promise<string> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'ebb-show' });
  const first = await topicOffsets(kafka, topic);
  const begun = performance.now();
  const { rows } = await pool.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM stream.consumer_offsets WHERE topic = $1',
    [topic],
  );
  await sleep(SAMPLE_MS);
  const second = await topicOffsets(kafka, topic);
  const total = (list: typeof first): bigint => list.reduce((sum, { high }) => sum + high, 0n);
  const perSecond = (Number(total(second) - total(first)) / (performance.now() - begun)) * 1000;
  const stored = rows.reduce((sum, row) => sum + BigInt(row.next_offset), 0n);
  const lag = total(second) - stored;
  return `Topic ${topic}: ${total(second)} messages, ${perSecond.toFixed(0)}/s now, ${lag > 0n ? lag : 0n} not yet in Postgres`;
}

async function formatQuery(pool: Pool, sql: string): Promise<string> {
  const { fields, rows } = await pool.query<Record<string, string | number | boolean | null>>(sql);
  if (rows.length === 0) return '  none yet (make generate_all makes some)';
  const columns = fields.map((field) => field.name);
  return formatTable([columns, ...rows.map((row) => columns.map((name) => String(row[name] ?? '-')))]);
}
