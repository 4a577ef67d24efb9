import { startHttpLoad } from '../drill/http-load.ts';
import { allWaiting, backlogs } from '../verify/backlog.ts';
import type { ComposeProject } from './compose-project.ts';
import { type Connections, PROCESS_TIMEOUT_MS } from './connections.ts';
import { crash } from './crash.ts';
import { ensureNone, waitForNone } from './ensure.ts';
import { checkKpisEqualRaw } from './kpi-checks.ts';

/** An order sent twice through the collector counts once, with its amount to the cent. */
export async function checkOrder(project: ComposeProject, { pool }: Connections, writeKey: string): Promise<string> {
  const now = new Date().toISOString();
  const order = {
    event_id: 'compose-test-1',
    order_id: 'compose-test-1',
    kind: 'order',
    order_status: 'completed',
    purchase_time: now,
    status_time: now,
    currency: 'EUR',
    items: [{ line_no: 1, product_id: 'P1', quantity: 3, unit_price: '4.11' }],
    total_amount: '12.33',
    source: 'compose_test',
  };
  const response = await fetch(`http://127.0.0.1:${project.ports.COLLECTOR}/v1/purchase-events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify([order, order]),
  });
  const answer = await response.text();
  ensureNone(response.status === 202 ? [] : [`the collector answered ${response.status}: ${answer}`]);
  await waitForNone(
    async () => {
      const { rows } = await pool.query<{ figures: string }>(
        `SELECT concat_ws(' ', total_orders, valid_orders, total_products, trim_scale(gross_amount),
           trim_scale(net_amount), currency) AS figures
         FROM kpi.order_minute WHERE source = 'compose_test'`,
      );
      const figures = rows.map((row) => row.figures).join(', ');
      return figures === '1 1 1 12.33 12.33 EUR' ? [] : [`the KPIs of the order are "${figures}"`];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
  return 'sent twice, counted once';
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

/** Each of these events is stored, once. */
export async function waitUntilCounted({ pool, kafka }: Connections, ids: readonly string[]): Promise<void> {
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
        `${distinct} of ${ids.length} accepted events are stored, in ${stored} rows; ${allWaiting(await backlogs(pool, kafka))} wait`,
      ];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
}
