import type { JSX } from 'preact';
import type { Funnel, FunnelStep } from '../../api-types.ts';
import { BarList } from '../../components/bar-list.tsx';
import { DayBars } from '../../components/day-bars.tsx';
import { formatCount, formatDate, formatPercent } from '../../format.ts';
import { formatMetric } from '../../report/metric-text.ts';
import { MetricTile } from '../../report/metric-tile.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { STEP_NAMES } from './step-names.ts';

/** Sessions at each step, in order, and the conversion of each day. */
export function StepsSection(props: {
  funnel: Funnel;
  metrics: MetricByName;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { funnel, metrics, change } = props;
  const { steps, days, values, lastDay } = funnel;
  if ((steps[0]?.sessions ?? 0) === 0) {
    return (
      <div class="notice" data-notice="no-sessions">
        <h2>No session on these days</h2>
        <p>{lastDay === null ? `The publication knows no session of ${funnel.source}.` : 'Nor of what was chosen.'}</p>
        {lastDay === null ? null : (
          <button
            type="button"
            class="button"
            onClick={() => change({ from: null, to: null, device: null, channel: null, country: null })}
          >
            Show the days up to {formatDate(lastDay)}
          </button>
        )}
      </div>
    );
  }
  return (
    <section class="section" aria-labelledby="steps-title">
      <div class="section-head">
        <h2 id="steps-title">Steps, in order</h2>
        <p>A checkout without a product in the cart before it is no fourth step</p>
      </div>
      <ul class="tiles">
        <MetricTile
          name="conversion_rate"
          values={values}
          metrics={metrics}
          currency={null}
          note={`n = ${formatCount(steps[0]?.sessions)} sessions`}
        />
      </ul>
      <div class="halves">
        <div class="card">
          <h3>Sessions by step</h3>
          <BarList
            id="steps"
            label="Sessions by step"
            bars={steps.map((step) => ({
              label: STEP_NAMES[step.step],
              value: step.sessions,
              text: formatCount(step.sessions),
              note: noteOf(step),
            }))}
          />
        </div>
        <div class="card">
          <h3>{metrics.get('conversion_rate')?.title ?? 'Conversion'} by day</h3>
          <DayBars
            label="Conversion by day"
            bars={days.map(({ day, conversion }) => ({
              day,
              value: Number(conversion ?? 0),
              text: formatMetric('share', conversion, null),
            }))}
          />
        </div>
      </div>
    </section>
  );
}

function noteOf({ conversion, dropOff }: FunnelStep): string {
  if (conversion === null) return '';
  return `${formatPercent(conversion)} went on, ${formatPercent(dropOff)} left`;
}
