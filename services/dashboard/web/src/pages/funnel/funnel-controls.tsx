import type { JSX } from 'preact';
import type { Funnel, FunnelSplit } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import type { SearchChange } from '../../report/use-search.ts';
import { isDay } from '../../url-state.ts';

const SPLITS: Record<FunnelSplit, string> = { device: 'Device', channel: 'Channel', country: 'Country' };
const NO_SPLIT = { device: null, channel: null, country: null };

interface Props {
  funnel: Funnel;
  search: URLSearchParams;
  change: (change: SearchChange) => void;
}

/** Source, days, and what the sessions have in common. */
export function FunnelControls({ funnel, search, change }: Props): JSX.Element {
  return (
    <>
      <ChoiceField
        label="Source"
        value={funnel.source}
        options={funnel.sources}
        onChoice={(source) => change({ source, from: null, to: null, page: null, ...NO_SPLIT })}
      />
      <DayField label="From" value={funnel.from} max={funnel.to} onDay={(from) => change({ from, to: funnel.to })} />
      <DayField label="To" value={funnel.to} min={funnel.from} onDay={(to) => change({ to, from: funnel.from })} />
      {(Object.keys(SPLITS) as FunnelSplit[]).map((split) => (
        <ChoiceField
          key={split}
          label={SPLITS[split]}
          value={search.get(split) ?? ''}
          options={funnel.parts[split].map(({ value }) => value)}
          none="all"
          onChoice={(value) => change({ [split]: value })}
        />
      ))}
    </>
  );
}

function DayField(props: {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onDay: (day: string) => void;
}): JSX.Element {
  const { label, onDay, ...input } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="date"
        {...input}
        onChange={(event) => {
          const day = event.currentTarget.value;
          if (isDay(day)) onDay(day);
        }}
      />
    </label>
  );
}
