import { readFile } from 'node:fs/promises';
import { KPI_DEFINITIONS, metricFields, METRICS, supersetMetrics } from '@ebb/contracts';
import { expect, test } from 'vitest';
import { METRIC_FILES } from './metrics.ts';

test.for(Object.entries(METRIC_FILES))(
  '%s is what the dictionary says; if not: ebb metrics --write',
  async ([path, made]) => {
    expect(await readFile(path, 'utf8')).toBe(made());
  },
);

test('every metric has one name, and every live figure stands in it by its own definition', () => {
  const names = METRICS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const kpi of KPI_DEFINITIONS) {
    expect(METRICS.find(({ name }) => name === kpi.name)).toMatchObject({ formula: kpi.formula, unit: kpi.unit });
  }
  expect(Object.keys(metricFields())).toEqual(names);
});

test('a metric that must not be added up over its days or currencies says so in its expression', () => {
  const byName = new Map(
    [...supersetMetrics('daily_traffic'), ...supersetMetrics('daily_revenue')].map((metric) => [
      metric.metric_name,
      metric.expression,
    ]),
  );
  expect(byName.get('unique_users')).toBe('if(uniqExact(source, day) <= 1, sum(unique_users), NULL)');
  expect(byName.get('net_amount')).toBe('if(uniqExact(source, currency) <= 1, sum(net_amount), NULL)');
});
