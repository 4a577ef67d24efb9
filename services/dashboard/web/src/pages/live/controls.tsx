import type { JSX } from 'preact';
import type { LiveSnapshot, Options } from '../../api-types.ts';
import { Next, Previous } from '../../components/icons.tsx';
import { SourceAndCurrency } from '../../components/source-currency.tsx';
import { isDay, type LiveChoice } from '../../url-state.ts';

interface Props {
  options: Options;
  snapshot: LiveSnapshot | null;
  source: string;
  choice: LiveChoice;
  change: (change: Partial<LiveChoice>) => void;
}

/** Source, currency and day. */
export function Controls(props: Props): JSX.Element {
  const { options, snapshot, source, choice, change } = props;
  const known = options.sources.find((entry) => entry.source === source);
  return (
    <div class="controls">
      <SourceAndCurrency
        sources={options.sources}
        source={source}
        currency={choice.currency ?? snapshot?.currency ?? ''}
        change={change}
      />
      <DayField {...props} days={known?.days ?? []} />
    </div>
  );
}

function DayField({ options, snapshot, choice, change, days }: Props & { days: readonly string[] }): JSX.Element {
  const today = snapshot?.isToday === true ? snapshot.date : options.today;
  const day = choice.date ?? today;
  const earlier = days.findLast((known) => known < day);
  const later = days.find((known) => known > day && known < today) ?? (day < today ? today : undefined);
  const go = (target: string | undefined): void => {
    if (target !== undefined && isDay(target)) change({ date: target >= today ? null : target });
  };
  return (
    <div class="field">
      <label for="day">Day</label>
      <div class="date-row">
        <button
          type="button"
          class="button"
          aria-label="Previous day with data"
          disabled={earlier === undefined}
          onClick={() => go(earlier)}
        >
          <Previous />
        </button>
        <input id="day" type="date" value={day} max={today} onChange={(event) => go(event.currentTarget.value)} />
        <button
          type="button"
          class="button"
          aria-label="Next day with data"
          disabled={later === undefined}
          onClick={() => go(later)}
        >
          <Next />
        </button>
        <button type="button" class="button" disabled={choice.date === null} onClick={() => change({ date: null })}>
          Today
        </button>
      </div>
    </div>
  );
}
