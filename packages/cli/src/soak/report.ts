import { growthPerMinute, type Spread } from './percentiles.ts';
import type { Sample } from './sampler.ts';
import { formatTableCounts } from '../verify/table-counts.ts';
import type { SoakOutcome } from './soak.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The figures of a soak as Markdown. */
export function soakReport(outcome: SoakOutcome): string[] {
  const { rates, seconds, warmUpSeconds, samples, load } = outcome;
  const minutes = (seconds / 60).toFixed(0);
  return [
    `${formatCount(rates.web)} web events, ${formatCount(rates.purchases)} order documents and ${formatCount(rates.crm)} CRM changes a second for ${minutes} minutes; ` +
      `${formatCount(load.acknowledged)} web events acknowledged, ${load.lateTicks} late ticks of the generator. Measured after the first ${warmUpSeconds.toFixed(0)} seconds.`,
    '',
    '| delay | measured | p50 | p95 | p99 | max |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    spreadRow('event sent → committed in Postgres', outcome.postgres),
    spreadRow('event sent → read in ClickHouse', outcome.events),
    spreadRow('change committed in Postgres → read in ClickHouse', outcome.changes),
    '',
    '| part | processor, share of a core | µs an event | memory MB, median | largest | growth an hour |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...partRows(samples, rates.web + rates.purchases + rates.crm),
    '',
    '| held | median | largest | at the end |',
    '| --- | ---: | ---: | ---: |',
    seriesRow('log behind the replication slot, MB', samples, (sample) => sample.slotMb),
    seriesRow('write-ahead log on disk, MB', samples, (sample) => sample.walMb),
    seriesRow('active parts of the largest table', samples, (sample) => sample.clickhouseParts),
    seriesRow('events behind ClickHouse', samples, (sample) => sample.eventsBehind),
    seriesRow('changes behind ClickHouse', samples, (sample) => sample.changesBehind),
    '',
    `Ledger: ${outcome.cycles.count} cycles over ${formatCount(outcome.cycles.rows)} rows, its queries ran ${(outcome.cycles.queryShare * 100).toFixed(1)} % of the time, ${outcome.cycles.alarms} alarms`,
    '',
    `Both databases hold the same ${(outcome.drainMs / 1000).toFixed(1)} s after the last event:`,
    ...formatTableCounts(outcome.counts),
    '',
    outcome.ledger.trimEnd(),
  ];
}

function spreadRow(name: string, spread: Spread | null): string {
  if (spread === null) return `| ${name} | 0 | – | – | – | – |`;
  const cells = [spread.p50Ms, spread.p95Ms, spread.p99Ms, spread.maxMs].map((ms) => `${formatCount(ms)} ms`);
  return `| ${name} | ${formatCount(spread.count)} | ${cells.join(' | ')} |`;
}

function partRows(samples: readonly Sample[], eventsPerSecond: number): string[] {
  const taken = samples.flatMap(({ atMs, parts }) => (parts === null ? [] : [{ atMs, parts }]));
  const first = taken[0];
  const last = taken.at(-1);
  if (first === undefined || last === undefined || last === first) return [];
  const elapsed = (last.atMs - first.atMs) / 1000;
  return Object.keys(last.parts).map((name) => {
    const cores = ((last.parts[name]?.cpuSeconds ?? 0) - (first.parts[name]?.cpuSeconds ?? 0)) / elapsed;
    const memory = taken.map(({ atMs, parts }) => ({ atMs, value: parts[name]?.rssMb ?? 0 }));
    const growth = growthPerMinute(memory);
    const cells = [
      `${(cores * 100).toFixed(0)} %`,
      ((cores / eventsPerSecond) * 1e6).toFixed(1),
      formatCount(median(memory.map(({ value }) => value))),
      formatCount(Math.max(...memory.map(({ value }) => value))),
      growth === null ? '–' : `${growth < 0 ? '' : '+'}${(growth * 60).toFixed(0)}`,
    ];
    return `| ${name} | ${cells.join(' | ')} |`;
  });
}

function seriesRow(name: string, samples: readonly Sample[], value: (sample: Sample) => number): string {
  const values = samples.map(value);
  const cells = [median(values), Math.max(0, ...values), values.at(-1) ?? 0].map((one) => formatCount(one));
  return `| ${name} | ${cells.join(' | ')} |`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function formatCount(value: number): string {
  return whole.format(value);
}
