import type { ComponentChildren, JSX } from 'preact';
import type { MetricValues } from '../api-types.ts';
import { Tile } from '../components/tile.tsx';
import { definitionOf, formatMetric } from './metric-text.ts';
import type { MetricByName } from './use-metrics.ts';

/** A metric of the dictionary as a tile: its title and meaning are the dictionary's. */
export function MetricTile(props: {
  name: string;
  values: MetricValues;
  metrics: MetricByName;
  currency: string | null;
  note?: ComponentChildren;
}): JSX.Element {
  const { name, values, metrics, currency, note } = props;
  const metric = metrics.get(name);
  return (
    <Tile
      id={name}
      kpi={definitionOf(metric)}
      label={metric?.title ?? name}
      value={formatMetric(metric?.unit ?? 'count', values[name], currency)}
      note={note}
    />
  );
}
