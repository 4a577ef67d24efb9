import type { JSX } from 'preact';
import type { Metric } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount } from '../../format.ts';
import { useMetrics } from '../../report/use-metrics.ts';
import { holds } from './contract-choice.ts';
import { PartSection } from './entry.tsx';

const COLUMNS: readonly Column<Metric>[] = [
  { key: 'title', head: 'Figure', cell: ({ title }) => title },
  { key: 'name', head: 'Name', look: 'short', cell: ({ name }) => <code>{name}</code> },
  { key: 'meaning', head: 'Meaning', cell: ({ description }) => description },
  { key: 'formula', head: 'Formula', cell: ({ formula }) => formula },
  { key: 'unit', head: 'Unit', look: 'short', cell: ({ unit }) => unit.replaceAll('_', ' ') },
  { key: 'mart', head: 'Read from', look: 'short', cell: ({ mart }) => mart ?? 'live only' },
];

/** The metric dictionary: every figure that is shown anywhere. */
export function MetricsSection({ text }: { text: string }): JSX.Element | null {
  const metrics = useMetrics();
  if (metrics === null) return null;
  const found = [...metrics.values()].filter(({ name, title, description, formula, mart }) =>
    holds([name, title, description, formula, mart ?? ''], text),
  );
  return (
    <PartSection
      id="metrics"
      title="Metrics"
      note={`${formatCount(found.length)} of ${formatCount(metrics.size)}; every figure on these pages, once`}
      isEmpty={found.length === 0}
      text={text}
    >
      <DataTable id="metrics" caption="Metrics" columns={COLUMNS} rows={found} rowKey={({ name }) => name} />
    </PartSection>
  );
}
