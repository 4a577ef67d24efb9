import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import { including } from '../../components/including.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { isDay } from '../../url-state.ts';

/** Source, currency, and the last day of the week. */
export function OverviewControls(props: { overview: Overview; change: (change: SearchChange) => void }): JSX.Element {
  const { overview, change } = props;
  const { source, sources, to } = overview;
  const currency = overview.currency ?? '';
  const known = sources.find((one) => one.source === source);
  return (
    <>
      <label class="field">
        <span>Source</span>
        <select
          value={source}
          onChange={(event) => change({ source: event.currentTarget.value, currency: null, date: null })}
        >
          {including(
            sources.map((one) => one.source),
            source,
          ).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Currency</span>
        <select
          value={currency}
          disabled={currency === ''}
          onChange={(event) => change({ currency: event.currentTarget.value })}
        >
          {currency === '' ? <option value="">none yet</option> : null}
          {including(known?.currencies ?? [], currency).map((code) => (
            <option key={code} value={code}>
              {code}
            </option>
          ))}
        </select>
      </label>
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
