import { describe, expect, it } from 'vitest';
import { parseGroup, servicesToStart, servicesToStop } from './groups.ts';
import { parseModel } from './model.ts';

function service(group: string | null, dependsOn: Record<string, string> = {}, more: object = {}): object {
  const conditions = Object.entries(dependsOn).map(([name, condition]) => [name, { condition }]);
  const labels = group === null ? {} : { 'org.ebb.group': group };
  return { labels, depends_on: Object.fromEntries(conditions), restart: 'unless-stopped', ...more };
}

const runs = 'service_healthy';
const ends = 'service_completed_successfully';
const model = parseModel(
  JSON.stringify({
    services: {
      migrate: service(null, { database: runs, warehouse: runs }, { restart: 'no' }),
      database: service('streaming'),
      broker: service('streaming'),
      collector: service('streaming', { migrate: ends, broker: runs, database: runs }),
      warehouse: service('batch'),
      loader: service('batch', { migrate: ends, warehouse: runs }),
      airflow: service('batch', { migrate: ends, database: runs, mail: runs }, { profiles: ['airflow'] }),
      mail: service('batch', {}, { profiles: ['airflow', 'superset'] }),
      dashboard: service('dashboards', { migrate: ends, database: runs }),
      superset: service('dashboards', { warehouse: runs, mail: runs }, { profiles: ['superset'] }),
      look: service('streaming', { broker: runs }, { profiles: ['look'] }),
      urls: service('all', { collector: runs, dashboard: runs }),
    },
  }),
);
const all = [...model.keys()].filter((name) => name !== 'migrate');

describe('servicesToStart', () => {
  it('is what has the label, with the profile that belongs to the group and no other', () => {
    expect(servicesToStart(model, 'streaming', [])).toEqual(['database', 'broker', 'collector']);
    expect(servicesToStart(model, 'streaming', ['look'])).toContain('look');
    expect(servicesToStart(model, 'batch', [])).toEqual(['warehouse', 'loader', 'airflow', 'mail']);
  });

  it('is everything without a profile where no group is named', () => {
    expect(servicesToStart(model, null, [])).not.toContain('airflow');
    expect(servicesToStart(model, null, ['airflow'])).toContain('airflow');
    expect(servicesToStart(model, null, [])).toContain('urls');
  });
});

describe('servicesToStop', () => {
  it('leaves the servers that others use, and what stands for the whole goes', () => {
    expect(servicesToStop(model, 'streaming', all)).toEqual(['broker', 'collector', 'look', 'urls']);
    expect(servicesToStop(model, 'batch', all)).toEqual(['loader', 'airflow', 'urls']);
    expect(servicesToStop(model, 'dashboards', all)).toEqual(['dashboard', 'superset', 'urls']);
  });

  it('takes the last servers along with the last group', () => {
    const afterStreaming = all.filter((name) => !servicesToStop(model, 'streaming', all).includes(name));
    const afterBatch = afterStreaming.filter((name) => !servicesToStop(model, 'batch', afterStreaming).includes(name));
    expect(afterBatch).toEqual(['database', 'warehouse', 'mail', 'dashboard', 'superset']);
    expect(servicesToStop(model, 'dashboards', afterBatch)).toEqual(afterBatch);
  });

  it('says nothing of what does not run, or is not of the file', () => {
    expect(servicesToStop(model, 'dashboards', ['stranger'])).toEqual([]);
  });
});

it('knows three groups', () => {
  expect(parseGroup('batch')).toBe('batch');
  expect(() => parseGroup('toString')).toThrow('no group is called "toString"; one of streaming, batch, dashboards');
});
