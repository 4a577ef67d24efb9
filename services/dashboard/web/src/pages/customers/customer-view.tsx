import type { JSX } from 'preact';
import type { Customer, Profile } from '../../api-types.ts';
import { type Definition } from '../../components/term.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatCount, formatDate, formatMoney } from '../../format.ts';
import { definitionOf } from '../../report/metric-text.ts';
import { ReportFrame } from '../../report/report-frame.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { changed, type SearchChange } from '../../report/use-search.ts';
import { HistorySection } from './history-section.tsx';
import { ScoresSection } from './scores-section.tsx';

/** One customer: profile, scores, clusters so far, orders, tickets and events. */
export function CustomerView(props: {
  source: string;
  customer: string;
  change: (change: SearchChange) => void;
  metrics: MetricByName;
}): JSX.Element {
  const { source, customer, change, metrics } = props;
  const report = useReport<Customer>(`/api/customers/one${changed('', { source, customer })}`);
  return (
    <ReportFrame
      title={`Customer ${customer}`}
      subtitle={report.data?.profile == null ? `Of ${source}` : describe(report.data.profile)}
      report={report}
      controls={
        <button type="button" class="button" onClick={() => change({ customer: null })}>
          All customers
        </button>
      }
    >
      {(known) => (
        <>
          <ProfileSection profile={known.profile} metrics={metrics} />
          <ScoresSection customer={known} currency={known.profile?.currency ?? null} />
          <HistorySection customer={known} />
        </>
      )}
    </ReportFrame>
  );
}

/** Who this is, in one line. */
export function describe({ source, tier, country, channel, registeredOn, isClosed }: Profile): string {
  const parts = [
    `Of ${source}`,
    tier === null ? null : `tier ${tier}`,
    country === null ? null : `in ${country}`,
    channel === null ? null : `came by ${channel}`,
    registeredOn === null ? null : `registered ${formatDate(registeredOn)}`,
    isClosed ? 'account closed' : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const ORDERS: Definition = {
  title: 'Orders',
  tooltip: 'Up to the as-of day of the publication.',
  formula: 'count of orders neither cancelled nor returned',
};
const SINCE_PURCHASE: Definition = {
  title: 'Days since purchase',
  tooltip: 'Empty for who never bought: never is not today.',
  formula: 'days from the last valid order to the as-of day',
};
const SESSIONS: Definition = {
  title: 'Sessions',
  tooltip: 'Visits before a login on the same device are among them.',
  formula: 'count of sessions up to the as-of day',
};
const SINCE_VISIT: Definition = {
  title: 'Days since visit',
  tooltip: 'Empty for who was never seen.',
  formula: 'days from the last web event to the as-of day',
};

function ProfileSection({ profile, metrics }: { profile: Profile | null; metrics: MetricByName }): JSX.Element {
  if (profile === null) {
    return (
      <div class="notice" data-notice="not-published">
        <h2>No profile in the publication</h2>
        <p>
          This customer came after the last build, or the marts hold no profiles of this source. Orders, tickets and
          events are shown as they stand now.
        </p>
      </div>
    );
  }
  const { spend, averageOrder, currency, orders, daysSincePurchase, sessions, webEvents, daysSinceVisit } = profile;
  const spendTerm = definitionOf(metrics.get('total_spend'));
  return (
    <section class="section" aria-labelledby="profile-title">
      <div class="section-head">
        <h2 id="profile-title">In figures</h2>
      </div>
      <ul class="tiles">
        <Tile
          id="spend"
          kpi={spendTerm}
          label="Spend"
          value={formatMoney(spend, currency)}
          note={averageOrder === null ? null : `${formatMoney(averageOrder, currency)} an order`}
        />
        <Tile id="orders" kpi={ORDERS} value={formatCount(orders)} />
        <Tile id="since-purchase" kpi={SINCE_PURCHASE} value={formatCount(daysSincePurchase)} />
        <Tile id="sessions" kpi={SESSIONS} value={formatCount(sessions)} note={`${formatCount(webEvents)} events`} />
        <Tile
          id="since-visit"
          kpi={SINCE_VISIT}
          value={formatCount(daysSinceVisit)}
          note={profile.lastDevice === null ? null : `last by ${profile.lastDevice}`}
        />
      </ul>
    </section>
  );
}
