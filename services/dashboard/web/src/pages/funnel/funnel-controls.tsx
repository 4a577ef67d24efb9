import type { JSX } from 'preact';
import type { Funnel, FunnelSplit } from '../../api-types.ts';
import { including } from '../../components/including.ts';
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
      <label class="field">
        <span>Source</span>
        <select
          value={funnel.source}
          onChange={(event) =>
            change({ source: event.currentTarget.value, from: null, to: null, page: null, ...NO_SPLIT })
          }
        >
          {including(funnel.sources, funnel.source).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <DayField label="From" value={funnel.from} max={funnel.to} onDay={(from) => change({ from, to: funnel.to })} />
      <DayField label="To" value={funnel.to} min={funnel.from} onDay={(to) => change({ to, from: funnel.from })} />
      {(Object.keys(SPLITS) as FunnelSplit[]).map((split) => (
        <label class="field" key={split}>
          <span>{SPLITS[split]}</span>
          <select value={search.get(split) ?? ''} onChange={(event) => change({ [split]: event.currentTarget.value })}>
            <option value="">all</option>
            {including(
              funnel.parts[split].map(({ value }) => value),
              search.get(split) ?? '',
            ).map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
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
