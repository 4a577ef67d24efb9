import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import { Term } from '../../components/term.tsx';
import { formatDate, formatMoney } from '../../format.ts';
import { definitionOf, formatMetric } from '../../report/metric-text.ts';
import { MetricTile } from '../../report/metric-tile.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import { CANCELLED } from '../live/kpi-text.ts';

interface Props {
  overview: Overview;
  metrics: MetricByName;
}

/** The week's revenue with the way to it, orders, visits, and the source's customers. */
export function WeekSection(props: Props & { onDay: (day: string) => void }): JSX.Element {
  const { overview, metrics, onDay } = props;
  const { week, customers, currency } = overview;
  const tile = { metrics, values: week, currency };
  const people = { metrics, values: customers, currency: overview.customersCurrency };
  return (
    <section class="section" aria-labelledby="week-title">
      <div class="section-head">
        <h2 id="week-title">The week</h2>
        <p>{currency === null ? '' : `Amounts in ${currency}`}</p>
      </div>
      <QuietWeek overview={overview} onDay={onDay} />
      <ul class="board">
        <Revenue overview={overview} metrics={metrics} />
        <MetricTile name="total_orders" {...tile} note={<ValidOrders {...props} />} />
        <MetricTile name="avg_amount" {...tile} note="per valid order" />
        <MetricTile name="conversion_rate" {...tile} note="of sessions, all steps in order" />
        <MetricTile name="total_events" {...tile} />
        <MetricTile name="num_customers" {...people} note={`as of ${formatDate(overview.publication.asOf)}`} />
        <MetricTile name="spend_last_30_days" {...people} note="by all customers together" />
      </ul>
    </section>
  );
}

/** A week without figures says so, and where figures are. */
function QuietWeek({ overview, onDay }: { overview: Overview; onDay: (day: string) => void }): JSX.Element | null {
  const { source, sources, week, to } = overview;
  const hasFigures = Object.values(week).some((value) => value !== null);
  if (hasFigures) return null;
  const lastDay = sources.find((one) => one.source === source)?.lastDay;
  return (
    <div class="notice" data-notice="quiet-week">
      <h2>No figures from “{source}” in this week</h2>
      {lastDay === undefined || lastDay === to ? (
        <p>Nothing from this source is in the publication.</p>
      ) : (
        <button type="button" class="button" onClick={() => onDay(lastDay)}>
          Show the week that ends on {formatDate(lastDay)}
        </button>
      )}
    </div>
  );
}

function ValidOrders({ overview, metrics }: Props): JSX.Element {
  return (
    <>
      {formatMetric('count', overview.week['valid_orders'], null)} {metrics.get('valid_orders')?.title.toLowerCase()}
    </>
  );
}

/** Net revenue and the way to it: the four lines add up. */
function Revenue({ overview, metrics }: Props): JSX.Element {
  const { week, currency, cancelled } = overview;
  const money = (name: string): string => formatMetric('amount', week[name], currency);
  const term = (name: string): JSX.Element => <Term kpi={definitionOf(metrics.get(name))} />;
  return (
    <li class="card hero" data-tile="net_amount">
      {term('net_amount')}
      <p class="tile-value num" data-value>
        {money('net_amount')}
      </p>
      <p class="tile-note">net, after cancellations, returns and credit notes</p>
      <dl class="bridge num">
        <div data-line="gross">
          <dt>{term('gross_amount')}</dt>
          <dd>{money('gross_amount')}</dd>
        </div>
        <div data-line="cancelled">
          <dt>
            <Term kpi={CANCELLED} />
          </dt>
          <dd>{formatMoney(cancelled, currency)}</dd>
        </div>
        <div data-line="credits">
          <dt>{term('credit_amount')}</dt>
          <dd>{money('credit_amount')}</dd>
        </div>
        <div class="sum" data-line="net">
          <dt>Net revenue</dt>
          <dd>{money('net_amount')}</dd>
        </div>
      </dl>
    </li>
  );
}
