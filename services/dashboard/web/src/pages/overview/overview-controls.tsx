import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import { SourceAndCurrency } from '../../components/source-currency.tsx';
import type { SearchChange } from '../../report/use-search.ts';
import { isDay } from '../../url-state.ts';

/** Source, currency, and the last day of the week. */
export function OverviewControls(props: { overview: Overview; change: (change: SearchChange) => void }): JSX.Element {
  const { overview, change } = props;
  const { source, sources, to } = overview;
  const known = sources.find((one) => one.source === source);
  return (
    <>
      <SourceAndCurrency
        sources={sources}
        source={source}
        currency={overview.currency ?? ''}
        change={(choice) => change({ ...choice })}
      />
      <label class="field">
        <span>Week ends</span>
        <input
          type="date"
          value={to}
          min={known?.firstDay}
          onChange={(event) => {
            const date = event.currentTarget.value;
            if (isDay(date)) change({ date });
          }}
        />
      </label>
    </>
  );
}
