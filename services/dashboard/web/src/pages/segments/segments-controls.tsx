import type { JSX } from 'preact';
import type { Segment } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
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
  const most = Math.max(0, ...segments.map(({ values }) => Number(values['retail_customers'] ?? 0)));
  return (
    <>
      <ChoiceField
        label="Segment"
        value={choice.segment ?? ''}
        options={segments.map(({ segment }) => segment)}
        none="all"
        onChoice={(segment) => change({ segment, page: null })}
      />
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
