import type { JSX } from 'preact';
import type { Segment } from '../../api-types.ts';
import { including } from '../../components/including.ts';
import { formatCount } from '../../format.ts';
import type { SearchChange } from '../../report/use-search.ts';
import type { SegmentsChoice } from './segments-choice.ts';

/** Which segments are shown. */
export function SegmentsControls(props: {
  segments: readonly Segment[];
  choice: SegmentsChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { segments, choice, change } = props;
  const names = segments.map(({ segment }) => segment);
  const most = Math.max(0, ...segments.map(({ values }) => Number(values['retail_customers'] ?? 0)));
  return (
    <>
      <label class="field">
        <span>Segment</span>
        <select
          value={choice.segment ?? ''}
          onChange={(event) => change({ segment: event.currentTarget.value, page: null })}
        >
          <option value="">all</option>
          {including(names, choice.segment ?? '').map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>At least {formatCount(choice.minCustomers)} customers</span>
        <input
          type="range"
          min={0}
          max={most}
          value={Math.min(choice.minCustomers, most)}
          onChange={(event) => change({ min: event.currentTarget.value === '0' ? null : event.currentTarget.value })}
        />
      </label>
    </>
  );
}
