import type { JSX } from 'preact';
import type { Funnel, FunnelPart, FunnelSplit } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Term } from '../../components/term.tsx';
import { formatCount } from '../../format.ts';
import { definitionOf, formatMetric, shareOf } from '../../report/metric-text.ts';
import type { MetricByName } from '../../report/use-metrics.ts';

const TITLES: Record<FunnelSplit, string> = { device: 'Device', channel: 'Channel', country: 'Country' };

/** The funnel by device, channel and country: conversion, and where most end. */
export function PartsSection({ funnel, metrics }: { funnel: Funnel; metrics: MetricByName }): JSX.Element {
  return (
    <section class="section" aria-labelledby="parts-title">
      <div class="section-head">
        <h2 id="parts-title">By device, channel and country</h2>
        <p>The greatest, within what is chosen of the others</p>
      </div>
      <div class="thirds">
        {(Object.keys(TITLES) as FunnelSplit[]).map((split) => (
          <div class="card" key={split}>
            <DataTable
              id={split}
              caption={`Funnel by ${split}`}
              columns={columnsOf(TITLES[split], metrics)}
              rows={funnel.parts[split]}
              rowKey={({ value }) => value}
            />
          </div>
        ))}
      </div>
    </section>
  );
}

function columnsOf(title: string, metrics: MetricByName): Column<FunnelPart>[] {
  const metric = metrics.get('conversion_rate');
  return [
    { key: 'value', head: title, look: 'short', cell: ({ value }) => value },
    { key: 'sessions', head: 'Sessions', look: 'number', cell: ({ sessions }) => formatCount(sessions[0]) },
    {
      key: 'conversion',
      head: <Term kpi={definitionOf(metric)} label={metric?.title ?? 'Conversion'} />,
      look: 'number',
      cell: ({ conversion }) => formatMetric('share', conversion, null),
    },
    { key: 'product', head: 'Left before a product', look: 'number', cell: left(1) },
    { key: 'cart', head: 'before the cart', look: 'number', cell: left(2) },
    { key: 'checkout', head: 'before checkout', look: 'number', cell: left(3) },
  ];
}

/** Of the sessions at the step before, the share that ended there. */
function left(step: number): (part: FunnelPart) => string {
  return ({ sessions }) => {
    const before = sessions[step - 1] ?? 0;
    return shareOf(before - (sessions[step] ?? 0), before);
  };
}
