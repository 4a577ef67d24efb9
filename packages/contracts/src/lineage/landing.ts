import type { LineageGraph, LineageType } from './graph.ts';

interface Step {
  type: LineageType;
  name: string;
}

const service = (name: string): Step => ({ type: 'SERVICE', name });
const topic = (name: string): Step => ({ type: 'TOPIC', name });
const path = (name: string): Step => ({ type: 'PATH', name });
const table = (name: string): Step => ({ type: 'STREAMING_TABLE', name });

/** How events come into the topics, by whoever sends them. */
const SENDERS = ['collector', 'simulator'].map(service);

const FILES: Readonly<Record<string, string>> = {
  retail_transactions_bronze_current: 'daily_sales/',
  load_quarantine_current: 'daily_sales/',
  loaded_files_current: 'daily_sales/',
  customer_profiles_current: 'profiles/',
  documents_current: 'documents/',
};

const OTHERS: Readonly<Record<string, Step[][]>> = {
  live_snapshots: [[service('stream-aggregator'), table('postgres.kpi'), service('ledger')]],
  barriers: [[service('cdc-sink')]],
  batch_vector: [[service('dbt')]],
};

/** The ways from outside to a table in `raw`, each a chain; empty when nothing is known to fill it. */
export function waysInto(source: string): Step[][] {
  const file = FILES[source];
  if (file !== undefined) return [[path(file), service('batch-loader')]];
  if (source === 'web_events_current')
    return SENDERS.map((from) => [from, topic('website_events'), service('cdc-sink')]);
  const captured = /^(crm|sales)_(.+)_(?:current|history)$/.exec(source);
  if (captured !== null) return capturedWays(captured[1] ?? '', captured[2] ?? '');
  const live = /^live_(web|order)_/.exec(source);
  if (live === null) return OTHERS[source] ?? [];
  return [
    [
      ...aggregated(live[1] === 'web' ? 'website_events' : 'purchase_events'),
      table(`postgres.kpi.${live[1]}_day`),
      service('ledger'),
    ],
  ];
}

/** The service that alone writes a table of Postgres which is captured. */
function capturedWays(schema: string, name: string): Step[][] {
  const table_ = table(`postgres.${schema}.${name}`);
  const capture = [service('cdc-connector'), topic(`cdc.${schema}.${name}`), service('cdc-sink')];
  if (schema === 'sales') return SENDERS.map((from) => [from, ...aggregated('purchase_events'), table_, ...capture]);
  return [[service('simulator'), table_, ...capture]];
}

function aggregated(name: string): Step[] {
  return [topic(name), service('stream-aggregator')];
}

/** Adds a chain that ends in the node `to`. */
export function addWay(graph: LineageGraph, steps: readonly Step[], to: string): void {
  const ids = steps.map(({ type, name }) => graph.add({ id: stepId(type, name), type, name }));
  for (const [index, id] of ids.entries()) graph.connect(id, ids[index + 1] ?? to);
}

function stepId(type: LineageType, name: string): string {
  return `${type === 'STREAMING_TABLE' ? 'table' : type.toLowerCase()}:${name}`;
}
