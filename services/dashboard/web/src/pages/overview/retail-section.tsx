import type { JSX } from 'preact';
import type { BridgeStep, RetailOverview } from '../../api-types.ts';
import { BarList } from '../../components/bar-list.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatMoney, formatPercent } from '../../format.ts';
import { MetricTile } from '../../report/metric-tile.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';

/** The retailer's customers, what they are worth by segment, and the way from live orders to that revenue. */
export function RetailSection({
  retail,
  metrics,
}: {
  retail: RetailOverview | null;
  metrics: MetricByName;
}): JSX.Element {
  return (
    <section class="section" aria-labelledby="retail-title">
      <div class="section-head">
        <h2 id="retail-title">The retailer’s customers</h2>
        <p>
          {retail === null
            ? 'No daily file of the retailer has been loaded and built yet.'
            : `From the daily files up to ${formatDate(retail.lastDay)}, amounts in ${retail.currency}`}
        </p>
      </div>
      {retail === null ? null : <Figures retail={retail} metrics={metrics} />}
    </section>
  );
}

function Figures({ retail, metrics }: { retail: RetailOverview; metrics: MetricByName }): JSX.Element {
  const { values, currency, segments, bridge } = retail;
  const tile = { values, metrics, currency };
  const top = segments[0];
  return (
    <>
      <ul class="tiles">
        <MetricTile name="retail_customers" {...tile} />
        <MetricTile name="retail_monetary" {...tile} />
        <MetricTile name="retail_net_monetary" {...tile} />
        <MetricTile name="retail_avg_customer_value" {...tile} />
        <MetricTile name="retail_median_recency" {...tile} />
      </ul>
      <div class="halves">
        <div class="card">
          <h3>Revenue by segment</h3>
          {top === undefined ? null : (
            <p class="lead" data-top-segment>
              {top.segment} brings {formatPercent(top.percentOfRevenue / 100)} of the revenue with{' '}
              {formatPercent(top.percentOfCustomers / 100)} of the customers (n = {formatCount(top.customers)}).
            </p>
          )}
          <BarList
            id="segments"
            label="Revenue by segment"
            bars={segments.map((segment) => ({
              label: segment.segment,
              value: Number(segment.revenue),
              text: formatMoney(segment.revenue, currency),
              note: `${formatCount(segment.customers)} ${segment.customers === 1 ? 'customer' : 'customers'}`,
            }))}
          />
        </div>
        <div class="card">
          <h3>From live orders to net revenue</h3>
          <p class="lead" data-bridge-state>
            {bridgeVerdict(bridge, currency)}
          </p>
          <DataTable
            id="bridge"
            caption="Revenue bridge"
            columns={bridgeColumns(currency)}
            rows={bridge}
            rowKey={(step) => String(step.step)}
            rowClass={(step) => (step.role === 'total' ? 'total' : '')}
          />
        </div>
      </div>
    </>
  );
}

function bridgeVerdict(bridge: readonly BridgeStep[], currency: string): string {
  const open = bridge.filter((step) => Number(step.difference) !== 0);
  if (open.length === 0) return 'Every step is counted by itself, and they add up.';
  const gaps = open.map((step) => `${step.name} (${formatMoney(step.difference, currency)})`);
  return `The steps do not add up at: ${gaps.join(', ')}.`;
}

function bridgeColumns(currency: string): Column<BridgeStep>[] {
  return [
    { key: 'name', head: 'Step', cell: (step) => step.name },
    {
      key: 'amount',
      head: 'Amount',
      look: 'number',
      cell: (step) =>
        (step.role === 'change' && !step.amount.startsWith('-') ? '+' : '') + formatMoney(step.amount, currency),
    },
  ];
}
