import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { LiveSnapshot, Options } from '../../api-types.ts';
import { HopsSection } from '../../components/hops-section.tsx';
import { formatDay } from '../../format.ts';
import { useChoice, useLive, useNow, useOptions } from '../../hooks.ts';
import { endOfData, isEmpty, timeRange } from '../../live-model.ts';
import { liveStatus, reportedLagMs } from '../../live-status.ts';
import { type LiveChoice, type Range, RANGE_MINUTES, writeChoice } from '../../url-state.ts';
import { liveCharts } from './chart-data.ts';
import { Controls } from './controls.tsx';
import { EmptyDay, FirstEvent } from './first-event.tsx';
import { kpisByName } from './kpi-text.ts';
import { OrdersSection } from './orders-section.tsx';
import { RecentSection } from './recent-section.tsx';
import { Skeleton } from './skeleton.tsx';
import { StatusNotice } from './status-notice.tsx';
import { StatusRow } from './status-row.tsx';
import { WebsiteSection } from './website-section.tsx';

/** The live figures of one source, currency and business day. */
export function LivePage(): JSX.Element {
  const [choice, change] = useChoice();
  const { options, error, reload } = useOptions(choice.source);
  const source = choice.source ?? options?.defaultSource ?? null;
  const query = source === null ? null : writeChoice({ ...choice, source, range: null });
  const { state, reconnect } = useLive(query);
  const nowMs = useNow() + state.clockOffsetMs;
  const snapshot = state.snapshot?.source === source ? state.snapshot : null;
  const status = liveStatus({ ...state, snapshot }, nowMs);
  const range = choice.range ?? (choice.date === null ? '1h' : 'day');
  const retry = (): void => {
    reload();
    reconnect();
  };
  return (
    <>
      <div class="page-head">
        <Title snapshot={snapshot} />
        {options === null || source === null ? null : (
          <Controls options={options} snapshot={snapshot} source={source} choice={choice} change={change} />
        )}
      </div>
      <StatusRow
        status={status}
        snapshot={snapshot}
        lagMs={reportedLagMs(state)}
        range={range}
        onRange={(next) => change({ range: next })}
      />
      <StatusNotice status={status} optionsError={options === null ? error : null} onRetry={retry} />
      {snapshot === null || options === null ? (
        <Skeleton />
      ) : (
        <Figures snapshot={snapshot} options={options} range={range} nowMs={nowMs} change={change} />
      )}
      {snapshot?.isToday === true ? (
        <>
          <RecentSection />
          <HopsSection title="Pipeline" nowMs={nowMs} />
        </>
      ) : null}
    </>
  );
}

function Title({ snapshot }: { snapshot: LiveSnapshot | null }): JSX.Element {
  const day = snapshot === null ? '' : `${snapshot.isToday ? 'Today · ' : ''}${formatDay(snapshot.date)}`;
  return (
    <div>
      <h1>Live</h1>
      <p>
        {day}
        {snapshot === null ? '\u00a0' : ` · times in ${snapshot.timezone}`}
      </p>
    </div>
  );
}

function Figures(props: {
  snapshot: LiveSnapshot;
  options: Options;
  range: Range;
  nowMs: number;
  change: (change: Partial<LiveChoice>) => void;
}): JSX.Element {
  const { snapshot, options, range, change } = props;
  const kpis = useMemo(() => kpisByName(options.kpis), [options.kpis]);
  const end = endOfData(props.nowMs);
  const charts = useMemo(() => {
    const minutes = range === 'day' ? null : RANGE_MINUTES[range];
    return liveCharts(snapshot, timeRange(snapshot, minutes, (end - 60) * 1000), end);
  }, [snapshot, range, end]);
  const hasWeb = snapshot.webMinutes.minute.length > 0;
  const hasOrders = snapshot.orderMinutes.minute.length > 0;
  if (isEmpty(snapshot)) return <Empty snapshot={snapshot} options={options} change={change} />;
  return (
    <>
      {hasWeb ? <WebsiteSection snapshot={snapshot} charts={charts} kpis={kpis} /> : null}
      {hasOrders ? <OrdersSection snapshot={snapshot} charts={charts} kpis={kpis} /> : null}
      {hasWeb ? null : <Absent title="Website" text={`No website events from “${snapshot.source}” on this day.`} />}
      {hasOrders ? null : <Absent title="Orders" text={`No orders from “${snapshot.source}” on this day yet.`} />}
    </>
  );
}

function Empty(props: {
  snapshot: LiveSnapshot;
  options: Options;
  change: (change: Partial<LiveChoice>) => void;
}): JSX.Element {
  const { snapshot, options, change } = props;
  const { source } = snapshot;
  if (snapshot.isToday) return <FirstEvent source={source} collectorUrl={options.collectorUrl} />;
  const days = options.sources.find((entry) => entry.source === source)?.days ?? [];
  return <EmptyDay source={source} days={days} onDay={(day) => change({ date: day })} />;
}

function Absent({ title, text }: { title: string; text: string }): JSX.Element {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
    </section>
  );
}
