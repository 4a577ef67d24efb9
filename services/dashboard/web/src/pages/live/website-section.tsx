import type { JSX } from 'preact';
import type { LiveSnapshot } from '../../api-types.ts';
import { Chart } from '../../charts/chart.tsx';
import { Gauge } from '../../components/gauge.tsx';
import { Term } from '../../components/term.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatClock, formatCount, formatRate, formatShare, formatShort } from '../../format.ts';
import type { LiveCharts } from './chart-data.ts';
import { BUSIEST_MINUTE, type KpiByName, LAST_MINUTES_EVENTS } from './kpi-text.ts';

interface Props {
  snapshot: LiveSnapshot;
  charts: LiveCharts;
  kpis: KpiByName;
}

export function WebsiteSection({ snapshot, charts, kpis }: Props): JSX.Element {
  return (
    <section class="section" aria-labelledby="website-title">
      <div class="section-head">
        <h2 id="website-title">Website</h2>
      </div>
      <ul class="board">
        <EventsGauge snapshot={snapshot} kpis={kpis} />
        <WebTiles snapshot={snapshot} kpis={kpis} />
      </ul>
      <div class="charts">
        <Chart id="users" title="Users per minute" data={charts.users} />
        <Chart id="clicks" title="Clicks per minute" data={charts.clicks} />
      </div>
    </section>
  );
}

function EventsGauge({ snapshot, kpis }: Omit<Props, 'charts'>): JSX.Element {
  const { totalEvents, busiestDayEvents } = snapshot.web;
  const isRecord = totalEvents > 0 && totalEvents >= busiestDayEvents;
  return (
    <li class="card hero" data-tile="total-events">
      <Term kpi={kpis.get('total_events')} />
      <Gauge value={totalEvents} full={busiestDayEvents} text={formatCount(totalEvents)}>
        {isRecord
          ? 'the busiest day in a month'
          : `${formatShare(totalEvents, busiestDayEvents)} of the month’s busiest day (${formatShort(busiestDayEvents)})`}
      </Gauge>
    </li>
  );
}

function WebTiles({ snapshot, kpis }: Omit<Props, 'charts'>): JSX.Element {
  const { web, webMinutes } = snapshot;
  const peakUsers = Math.max(0, ...webMinutes.users);
  const perUser = web.uniqueUsers === 0 ? null : web.sessions / web.uniqueUsers;
  const share = (part: number): string => `${formatShare(part, web.totalEvents)} of events`;
  return (
    <>
      <Tile
        id="unique-users"
        kpi={kpis.get('unique_users')}
        value={formatCount(web.uniqueUsers)}
        note={`peak ${formatCount(peakUsers)} a minute`}
      />
      <Tile
        id="page-views"
        kpi={kpis.get('total_page_views')}
        value={formatCount(web.pageViews)}
        note={share(web.pageViews)}
      />
      <Tile
        id="product-clicks"
        kpi={kpis.get('total_product_clicks')}
        value={formatCount(web.productClicks)}
        note={share(web.productClicks)}
      />
      <Tile
        id="sessions"
        kpi={kpis.get('total_sessions')}
        value={formatCount(web.sessions)}
        note={`${formatRate(perUser)} a user`}
      />
      <Tile
        id="average-events"
        kpi={kpis.get('average_events')}
        value={formatRate(web.averageEvents)}
        unit="/ min"
        note={`${formatCount(webMinutes.minute.length)} active ${webMinutes.minute.length === 1 ? 'minute' : 'minutes'}`}
      />
      {snapshot.lastMinutes === null ? (
        <BusiestMinute snapshot={snapshot} />
      ) : (
        <Tile
          id="last-minutes"
          kpi={LAST_MINUTES_EVENTS}
          value={formatCount(snapshot.lastMinutes.events)}
          unit="events"
          note={`peak ${formatCount(snapshot.lastMinutes.peakUsers)} users a minute`}
        />
      )}
    </>
  );
}

function BusiestMinute({ snapshot }: { snapshot: LiveSnapshot }): JSX.Element {
  const { minute, events } = snapshot.webMinutes;
  const best = events.reduce((known, value, index) => (value > (events[known] ?? 0) ? index : known), 0);
  const at = minute[best];
  return (
    <Tile
      id="busiest-minute"
      kpi={BUSIEST_MINUTE}
      value={formatCount(events[best] ?? null)}
      unit="events"
      note={at === undefined ? '' : `at ${formatClock(at * 1000, snapshot.timezone, { seconds: false })}`}
    />
  );
}
