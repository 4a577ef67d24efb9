import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
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
      <ChoiceField
        label="Source"
        value={source}
        options={sources.map((one) => one.source)}
        onChoice={(name) => change({ source: name, currency: null, date: null })}
      />
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
