import { currentPublication } from '@ebb/clickhouse';
import { type BuiltNode, builtNodeSchema } from '@ebb/contracts';
import { testDbt } from '@ebb/testing';
import { expect, test, vi } from 'vitest';

/** What a build tells readers of its nodes, over a project of two models. */

vi.setConfig({ testTimeout: 300_000 });

const FILES = {
  'models/staging/events.sql': `{{ config(schema='staging', materialized='view') }}
    select event_id, 1 as n from {{ source('raw', 'web_events_current') }}`,
  'models/marts/sums.sql': `{{ config(schema='marts', materialized='table', order_by='total', contract={'enforced': true}) }}
    select count() as total, {{ built_at() }} as mart_loaded_at from {{ ref('events') }}`,
  'models/models.yml': `
version: 2
models:
  - name: sums
    description: >
      It's "all" of them.
    columns:
      - { name: total, data_type: UInt64, description: How many., data_tests: [not_null] }
      - { name: mart_loaded_at, data_type: "DateTime64(3, 'UTC')" }
exposures:
  - name: page
    label: The page
    type: dashboard
    owner: { name: shop }
    depends_on: [ref('sums')]
unit_tests:
  - name: counts_what_there_is
    model: sums
    given:
      - { input: ref('events'), rows: [{ event_id: a }, { event_id: b }] }
    expect: { rows: [{ total: 2 }] }
`,
  'tests/sums_are_few.sql': `{{ config(severity='warn') }} select total from {{ ref('sums') }} where total < 5`,
};

test('sources, models and exposures with columns, tests, rows; a changed model tells what it is now', async () => {
  const dbt = await testDbt({ files: FILES });
  const { clickhouse } = dbt.server;
  const first = await dbt.build();
  expect(first.publication?.state, first.output).toBe('published');
  const told = async (): Promise<Map<string, BuiltNode>> => {
    const rows = await clickhouse.query<{ document: string }>(
      `SELECT document FROM ops.build_nodes FINAL WHERE build_id = {id: String}`,
      { id: (await currentPublication(clickhouse))?.id },
    );
    const nodes = rows.map(({ document }) => builtNodeSchema.parse(JSON.parse(document)));
    return new Map(nodes.map((node) => [node.id, node]));
  };
  const nodes = await told();
  expect(nodes.get('model.ebb.sums')).toMatchObject({
    kind: 'model',
    type: 'table',
    schema: 'marts',
    description: 'It\'s "all" of them.',
    upstream: ['model.ebb.events'],
    isEnforced: true,
    rows: 1,
    columns: [
      { name: 'total', type: 'UInt64', description: 'How many.' },
      { name: 'mart_loaded_at', type: "DateTime64(3, 'UTC')", description: '' },
    ],
  });
  const tests = nodes.get('model.ebb.sums')?.tests.map(({ name, kind, column, status, failures }) => {
    return { name, kind, column, status, failures };
  });
  expect(tests?.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'counts_what_there_is', kind: 'unit', column: '', status: 'pass', failures: 0 },
    { name: 'not_null_sums_total', kind: 'not_null', column: 'total', status: 'pass', failures: 0 },
    { name: 'sums_are_few', kind: 'sql', column: '', status: 'warn', failures: 1 },
  ]);
  expect(nodes.get('model.ebb.events')).toMatchObject({ type: 'view', rows: null, isEnforced: false });
  expect(nodes.get('exposure.ebb.page')).toMatchObject({
    kind: 'exposure',
    type: 'dashboard',
    label: 'The page',
    owner: 'shop',
    upstream: ['model.ebb.sums'],
  });
  expect(nodes.get('source.ebb.raw.web_events_current')).toMatchObject({
    kind: 'source',
    schema: 'raw',
    rows: 0,
    newestAtMs: null,
    lateAfterMinutes: 1440,
  });

  const change = (path: keyof typeof FILES, from: string, to: string): Promise<void> =>
    dbt.write(path, FILES[path].replace(from, to));
  await change('models/marts/sums.sql', 'as total,', "as total, 'x' as extra,");
  await change(
    'models/models.yml',
    'data_tests: [not_null] }',
    'data_tests: [not_null] }\n      - { name: extra, data_type: String, description: Since today. }',
  );
  await clickhouse.command(`INSERT INTO raw.web_events (_kafka_time) VALUES ('2026-01-02 03:04:05.678')`);
  const second = await dbt.build({ select: ['sums'] });
  expect(second.publication?.state, second.output).toBe('published');
  const again = await told();
  expect(again.get('source.ebb.raw.web_events_current')).toMatchObject({
    rows: 1,
    newestAtMs: Date.parse('2026-01-02T03:04:05.678Z'),
  });
  expect(again.get('model.ebb.sums')?.tests).toHaveLength(3);
  expect(again.get('model.ebb.sums')?.columns[1]).toEqual({
    name: 'extra',
    type: 'String',
    description: 'Since today.',
  });
});
