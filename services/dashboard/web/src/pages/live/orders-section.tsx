import type { JSX } from 'preact';
import type { LiveSnapshot } from '../../api-types.ts';
import { Chart } from '../../charts/chart.tsx';
import { Term } from '../../components/term.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatCount, formatDuration, formatMoney, formatRate, formatShare } from '../../format.ts';
import type { LiveCharts } from './chart-data.ts';
import { CANCELLED, type KpiByName, LAST_MINUTES_REVENUE } from './kpi-text.ts';

interface Props {
  snapshot: LiveSnapshot;
  charts: LiveCharts;
  kpis: KpiByName;
}

export function OrdersSection({ snapshot, charts, kpis }: Props): JSX.Element {
  return (
    <section class="section" aria-labelledby="orders-title">
      <div class="section-head">
        <h2 id="orders-title">Orders</h2>
        <p>{snapshot.currency === null ? '' : `Amounts in ${snapshot.currency}`}</p>
      </div>
      <ul class="board">
        <Revenue snapshot={snapshot} kpis={kpis} />
        <OrderTiles snapshot={snapshot} kpis={kpis} />
      </ul>
      <div class="charts">
        <Chart id="revenue" title="Revenue per minute" data={charts.revenue} />
        <Chart id="orders" title="Orders and products per minute" data={charts.orders} />
      </div>
    </section>
  );
}

/** Net revenue and the way to it: the four lines add up. */
function Revenue({ snapshot, kpis }: Omit<Props, 'charts'>): JSX.Element {
  const { orders, currency } = snapshot;
  const negative =
    orders.cancelled === '0' || /^0\.0+$/.test(orders.cancelled) ? orders.cancelled : `-${orders.cancelled}`;
  return (
    <li class="card hero" data-tile="revenue">
      <Term kpi={kpis.get('net_amount')} />
      <p class="tile-value num" data-value>
        {formatMoney(orders.net, currency)}
      </p>
      <p class="tile-note">net, after cancellations, returns and credit notes</p>
      <dl class="bridge num">
        <div data-line="gross">
          <dt>
            <Term kpi={kpis.get('gross_amount')} />
          </dt>
          <dd>{formatMoney(orders.gross, currency)}</dd>
        </div>
        <div data-line="cancelled">
          <dt>
            <Term kpi={CANCELLED} />
          </dt>
          <dd>{formatMoney(negative, currency)}</dd>
        </div>
        <div data-line="credits">
          <dt>
            <Term kpi={kpis.get('credit_amount')} />
          </dt>
          <dd>{formatMoney(orders.credits, currency)}</dd>
        </div>
        <div class="sum" data-line="net">
          <dt>Net revenue</dt>
          <dd>{formatMoney(orders.net, currency)}</dd>
        </div>
      </dl>
    </li>
  );
}

function OrderTiles({ snapshot, kpis }: Omit<Props, 'charts'>): JSX.Element {
  const { orders, currency, lastMinutes } = snapshot;
  const perOrder = orders.orders === 0 ? null : orders.products / orders.orders;
  return (
    <>
      <Tile
        id="orders"
        kpi={kpis.get('total_orders')}
        value={formatCount(orders.orders)}
        note={`${formatCount(orders.validOrders)} valid`}
      />
      <Tile
        id="products"
        kpi={kpis.get('total_products')}
        value={formatCount(orders.products)}
        note={`${formatRate(perOrder)} an order`}
      />
      <Tile
        id="average-order"
        kpi={kpis.get('avg_amount')}
        value={formatMoney(orders.average, currency)}
        note="per valid order"
      />
      {lastMinutes === null ? (
        <Tile
          id="valid-orders"
          kpi={kpis.get('valid_orders')}
          value={formatCount(orders.validOrders)}
          note={`${formatShare(orders.validOrders, orders.orders)} of orders`}
        />
      ) : (
        <Tile
          id="last-minutes-revenue"
          kpi={LAST_MINUTES_REVENUE}
          value={formatMoney(lastMinutes.net, currency)}
          note={`${formatCount(lastMinutes.orders)} orders`}
        />
      )}
      <Tile
        id="adjustments"
        kpi={kpis.get('adjustment_amount')}
        value={formatMoney(orders.adjustments, currency)}
        note="in neither gross nor net"
      />
      <Tile
        id="process-time"
        kpi={kpis.get('event_process_time')}
        value={formatDuration(orders.processMs?.p50)}
        note={orders.processMs === null ? 'no order to measure' : `95 % within ${formatDuration(orders.processMs.p95)}`}
      />
    </>
  );
}
