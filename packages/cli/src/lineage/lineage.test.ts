import { expect, test } from 'vitest';
import { lineageOfManifest } from './lineage.ts';
import type { Manifest } from './manifest.ts';

const model = (name: string, upstream: string[], materialized = 'table', schema = 'marts'): Manifest['nodes'] => ({
  [`model.ebb.${name}`]: {
    unique_id: `model.ebb.${name}`,
    name,
    description: '',
    resource_type: 'model',
    schema: 'marts_dev',
    config: { materialized, schema },
    depends_on: { nodes: upstream },
    columns: { day: { description: '' } },
  },
});

function manifestWith(sources: readonly string[], nodes: Manifest['nodes']): Manifest {
  return {
    nodes,
    sources: Object.fromEntries(
      sources.map((name) => [
        `source.ebb.raw.${name}`,
        { unique_id: `source.ebb.raw.${name}`, name, schema: 'raw', description: '', columns: {} },
      ]),
    ),
    exposures: {
      'exposure.ebb.page': {
        unique_id: 'exposure.ebb.page',
        name: 'page',
        description: '',
        type: 'dashboard',
        label: 'Page',
        owner: { name: 'shop' },
        depends_on: { nodes: ['model.ebb.sums'] },
      },
    },
  };
}

test('a captured table is followed from its sender to the dashboard', () => {
  const { nodes, edges } = lineageOfManifest(
    manifestWith(['crm_customers_current'], {
      ...model('people', ['source.ebb.raw.crm_customers_current'], 'view', 'staging'),
      ...model('sums', ['model.ebb.people']),
    }),
  );
  const way = ['service:simulator'];
  for (let edge = edges.find(({ from }) => from === way.at(-1)); edge !== undefined;) {
    way.push(edge.to);
    edge = edges.find(({ from }) => from === way.at(-1));
  }
  expect(way).toEqual([
    'service:simulator',
    'table:postgres.crm.customers',
    'service:cdc-connector',
    'topic:cdc.crm.customers',
    'service:cdc-sink',
    'table:raw.crm_customers_current',
    'table:staging.people',
    'table:marts.sums',
    'dashboard:page',
  ]);
  expect(nodes.map(({ type }) => type).toSorted()).toEqual(
    [
      'DASHBOARD',
      'SERVICE',
      'SERVICE',
      'SERVICE',
      'STREAMING_TABLE',
      'STREAMING_TABLE',
      'TABLE',
      'TOPIC',
      'VIEW',
    ].toSorted(),
  );
});

test.for([
  ['web_events_current', ['topic:website_events', 'service:cdc-sink']],
  ['sales_orders_history', ['topic:purchase_events', 'service:stream-aggregator', 'table:postgres.sales.orders']],
  ['retail_transactions_bronze_current', ['path:daily_sales/', 'service:batch-loader']],
  ['customer_profiles_current', ['path:profiles/']],
  [
    'live_web_day',
    ['topic:website_events', 'service:stream-aggregator', 'table:postgres.kpi.web_day', 'service:ledger'],
  ],
] as const)('%s comes through %s', ([source, through]) => {
  const ids = lineageOfManifest(manifestWith([source], model('sums', [`source.ebb.raw.${source}`]))).nodes.map(
    ({ id }) => id,
  );
  expect(ids).toEqual(expect.arrayContaining([...through]));
});
