import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { type Clickhouse, createClickhouse, currentPublication, type Publication } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import { type TestDbt, testDbt } from '@ebb/testing';
import { beforeAll, expect, test, vi } from 'vitest';
import { stackHome } from '../stack/home.ts';
import { build } from './build.ts';

/** Orders per day, rebuilt by the days they were bought on and those they have left. */
const orderDays = (more = ''): string => `
{{ config(materialized='incremental', unique_key='day', order_by='day'${more}) }}
{% call touched_days() %}
  select toDate(purchase_time) from {{ source('raw', 'sales_orders_history') }}
  where order_id in (
    select order_id from {{ source('raw', 'sales_orders_history') }} where {{ new_rows('sales_orders') }}
  )
{% endcall %}
select toDate(purchase_time) as day, count() as orders, sum(total_amount) as amount, {{ built_at() }} as dbt_loaded_at
from {{ source('raw', 'sales_orders_current') }}
{% if is_incremental() %} where toDate(purchase_time) in ({{ touched() }}) {% endif %}
group by day`;
const ORDER_DAYS = { order_days: '', order_days_by_month: ", partition_by='toYYYYMM(day)'" };
/** ClickHouse refuses an insert into more than 100 partitions unless it is told otherwise. */
const MONTHS = 120;
const FILES = {
  'models/intermediate/order_days.sql': orderDays(),
  'models/intermediate/order_days_by_month.sql': orderDays(ORDER_DAYS.order_days_by_month),
  'models/marts/order_sums.sql':
    "select sum(orders) as orders, sum(amount) as amount, {{ as_of() }} as as_of from {{ ref('order_days') }}",
  'models/marts/other.sql': "select '{{ build_id() }}' as build",
  'tests/no_free_day.sql': "select * from {{ ref('order_days') }} where amount <= 0",
};
const MACRO = 'macros/builds/incremental.sql';
const AFTER_DELETE = '    {%- do attach_all(target_relation, side) -%}\n  {%- endif -%}';
const BETWEEN_PARTITIONS = "    {%- do execute_sql(\n      'alter table ' ~ target_relation ~ (' replace'";
const AFTER_SIDE_TABLE = '  {%- if existing is none -%}\n';
const PAUSE =
  "  {%- do log('pausing here', info=true) -%}{%- do run_query('select sleepEachRow(1) from numbers(60) settings max_block_size = 1, function_sleep_max_microseconds_per_block = 60000000') -%}\n";

// Each build starts Python; a busy machine may take a minute for one.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

let dbt: TestDbt;
let clickhouse: Clickhouse;
let version = 0;

beforeAll(async () => {
  dbt = await testDbt({ files: FILES });
  clickhouse = dbt.server.clickhouse;
});

/** One row of the captured table and of its log, as the sink writes them. */
async function order(
  id: string,
  day: string,
  amount: number,
  how: { offset?: number; isDeleted?: boolean } = {},
): Promise<void> {
  version += 1;
  for (const table of ['raw.sales_orders', 'raw.sales_orders_log']) {
    await clickhouse.command(`INSERT INTO ${table}
      (source, order_id, kind, order_status, purchase_time, total_amount, _version, _deleted, _op, _partition, _offset)
      VALUES ('shop', '${id}', 'order', 'completed', '${day} 12:00:00', ${amount}, ${version},
        ${how.isDeleted === true ? 1 : 0}, '${how.isDeleted === true ? 'd' : 'u'}', 0, ${how.offset ?? version * 10})`);
  }
}

const buildAsEbb = (): Promise<Publication> =>
  build({
    home: stackHome({ EBB_HOME: join(dirname(dbt.project), 'home') }),
    clickhouse,
    clickhouseUrl: dbt.server.url,
    project: dbt.project,
  });

const truth = (): Promise<{ orders: string }[]> =>
  clickhouse.query(`SELECT toDate(purchase_time) AS day, count() AS orders, sum(total_amount) AS amount
    FROM raw.sales_orders_current GROUP BY day ORDER BY day`);
const built = (model = 'order_days'): Promise<unknown[]> =>
  clickhouse.query(`SELECT day, orders, amount FROM intermediate.${model} ORDER BY day`);
const builtByMonth = (): Promise<unknown[]> => built('order_days_by_month');

async function killedAt(text: string, pause = PAUSE): Promise<void> {
  const macros = await readFile(`${dbt.project}/${MACRO}`, 'utf8');
  expect(macros).toContain(text);
  await dbt.write(MACRO, macros.replace(text, pause + text));
  const killed = await dbt.build({ killWhen: (output) => output.includes('pausing here') });
  await dbt.write(MACRO, macros);
  expect(killed.output).toContain('pausing here');
  expect(killed.publication?.state).toBe('building');
}

test('a first build that is killed half-way leaves no table that looks finished', async () => {
  await order('a', '2026-01-01', 10);
  await order('b', '2026-01-01', 20);
  await killedAt(AFTER_SIDE_TABLE);
  expect(await currentPublication(clickhouse)).toBeNull();
  const { code, publication, output } = await dbt.build({ asOf: '2026-02-03' });
  expect(code, output).toBe(0);
  expect(publication).toMatchObject({ state: 'published', asOf: '2026-02-03', models: 4, testsPassed: 1 });
  expect(await built()).toEqual(await truth());
  expect(await clickhouse.query('SELECT orders, as_of FROM marts.order_sums')).toEqual([
    { orders: '2', as_of: '2026-02-03' },
  ]);
});

test('a failing test keeps the publication and says so; the rows of that build are not lost', async () => {
  const before = await currentPublication(clickhouse);
  await order('free', '2026-01-05', 0);
  const error: unknown = await buildAsEbb().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'NOT_PUBLISHED' });
  expect(errorMessage(error)).toContain(
    `1 failed: no_free_day (fail); 1 skipped. The publication stays ${before?.id ?? ''}, as of 2026-02-03\n  no_free_day: Got 1 result`,
  );
  expect(await currentPublication(clickhouse)).toEqual(before);
  expect(await clickhouse.query('SELECT build FROM marts.other')).toEqual([{ build: before?.id }]);

  await order('free', '2026-01-05', 7);
  expect(await buildAsEbb()).toMatchObject({ state: 'published' });
  expect(await built()).toEqual(await truth());
});

test('killed between delete and insert, with a day that has become empty: the next build is right', async () => {
  // The only order of its day moves away; another one is deleted.
  await order('free', '2026-01-09', 8);
  await order('b', '2026-01-01', 20, { isDeleted: true });
  await killedAt(AFTER_DELETE);
  expect(await built()).toEqual([]);
  const next = await dbt.build();
  expect(next.publication, next.output).toMatchObject({ state: 'published' });
  expect(await built()).toEqual(await truth());
  expect(await builtByMonth()).toEqual(await truth());
  expect(await clickhouse.query('SELECT toString(day) AS day FROM intermediate.order_days ORDER BY day')).toEqual([
    { day: '2026-01-01' },
    { day: '2026-01-09' },
  ]);
  expect(await clickhouse.query('SELECT count() AS n FROM ops.touched')).toEqual([{ n: '0' }]);
  expect(
    await clickhouse.query('SELECT state, count() AS n FROM marts.publication FINAL GROUP BY state ORDER BY state'),
  ).toEqual([
    { state: 'failed', n: '3' },
    { state: 'published', n: '3' },
  ]);
});

test('killed between two partitions, one of them empty by now: the next build is right, and touches no other month', async () => {
  for (const month of ['01', '02', '03', '04']) await order(`m${month}`, `2026-${month}-20`, 1);
  const first = await dbt.build();
  expect(first.publication, first.output).toMatchObject({ state: 'published' });
  expect(await builtByMonth()).toEqual(await truth());
  const loadedAt = (): Promise<unknown[]> =>
    clickhouse.query(
      `SELECT dbt_loaded_at FROM intermediate.order_days_by_month WHERE day IN ('2026-01-01', '2026-04-20') ORDER BY day`,
    );
  const untouched = await loadedAt();
  await order('m02', '2026-03-21', 1);
  await order('new', '2026-03-20', 2);
  await order('m01', '2026-01-20', 3);
  await killedAt(BETWEEN_PARTITIONS, `{%- if loop.index == 2 -%}${PAUSE}{%- endif -%}`);
  expect(await builtByMonth()).not.toEqual(await truth());
  const next = await dbt.build();
  expect(next.publication, next.output).toMatchObject({ state: 'published' });
  expect(await builtByMonth()).toEqual(await truth());
  expect(await built()).toEqual(await truth());
  expect(await loadedAt()).toEqual(untouched);
  expect(await clickhouse.query('SELECT count() AS n FROM ops.touched')).toEqual([{ n: '0' }]);
});

test('rows put back below the vector are found, and a partial build takes the rest over', async () => {
  await order('late', '2026-01-02', 5, { offset: 1 });
  const before = await currentPublication(clickhouse);
  const partial = await dbt.build({ select: ['order_days', 'order_sums'] });
  expect(partial.publication, partial.output).toMatchObject({ state: 'published', asOf: before?.asOf, testsPassed: 1 });
  expect(partial.output).toContain('sales_orders: rows below the last vector came or went');
  expect(await built()).toEqual(await truth());
  // `other` was not built: it is the one of the publication before.
  expect(await clickhouse.query('SELECT build FROM marts.other')).toEqual([{ build: before?.id }]);
  expect(
    await clickhouse.query(
      `SELECT name FROM system.tables WHERE database = '${partial.publication?.database}' ORDER BY name`,
    ),
  ).toEqual([{ name: 'order_sums' }, { name: 'other' }]);
});

test('a model whose SQL is another one is made anew, all its days, in more months than an insert fills unasked', async () => {
  await clickhouse.command(`INSERT INTO raw.sales_orders (source, order_id, kind, order_status, purchase_time, total_amount)
    SELECT 'shop', concat('of-month-', toString(number)), 'order', 'completed', addMonths(toDateTime64('2014-01-15', 6), number), 7
    FROM numbers(${MONTHS})`);
  for (const [name, more] of Object.entries(ORDER_DAYS)) {
    await dbt.write(
      `models/intermediate/${name}.sql`,
      orderDays(more).replace('count() as orders', 'count() + 1 as orders'),
    );
  }
  const changed = await dbt.build({ select: [...Object.keys(ORDER_DAYS), 'order_sums'] });
  expect(changed.publication, changed.output).toMatchObject({ state: 'published' });
  const more = (await truth()).map((row) => ({ ...row, orders: String(Number(row.orders) + 1) }));
  expect(more.length).toBeGreaterThan(MONTHS);
  expect(await built()).toEqual(more);
  expect(await builtByMonth()).toEqual(more);
});

/** Publishes twenty times with the project's own macros, in one run: filling the tables by hand saves twenty starts of dbt. */
const TWENTY = `
{% macro publish_many(count) %}
  {% if execute %}
    {% for n in range(count) %}
      {% set id = 'p2027010100' ~ '%04d' % n ~ '_' ~ '%04x' % n %}
      {% do open_candidate(id) %}
      {% for name in ['order_sums', 'other'] %}
        {% do execute_sql('create table ' ~ marts_database(id) ~ '.' ~ name ~ " engine = MergeTree order by tuple() as select '" ~ id ~ "' as build") %}
      {% endfor %}
      {% set values = [] %}
      {% for node in required_nodes() %}
        {% do values.append('(' ~ [quoted(id), "'x'", quoted(node.unique_id), quoted(node.resource_type), "'success'", "''", 'NULL', '0', 'now64(3)'] | join(', ') ~ ')') %}
      {% endfor %}
      {% do insert_results(values) %}
      {% do publish(id) %}
    {% endfor %}
  {% endif %}
{% endmacro %}`;

test('readers that resolve the pointer never see two builds, over twenty publications', async () => {
  await dbt.write('macros/publish_many.sql', TWENTY);
  const reader = createClickhouse({ url: dbt.server.readerUrl, applicationName: 'test' });
  const done = new AbortController();
  const seen = new Set<string>();
  let mixed = 0;
  const read = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const current = await currentPublication(reader);
      if (current?.id.startsWith('p2027') !== true) {
        await delay(50);
        continue;
      }
      const [first] = await reader.query<{ build: string }>(`SELECT build FROM ${current.database}.order_sums`);
      await delay(20);
      const [second] = await reader.query<{ build: string }>(`SELECT build FROM ${current.database}.other`);
      if (first?.build !== current.id || second?.build !== current.id) mixed += 1;
      seen.add(current.id);
    }
  };
  const readers = Promise.all([read(), read()]);
  const run = await dbt.run([['--quiet', 'run-operation', 'publish_many', '--args', '{count: 20}']]);
  done.abort();
  await readers;
  await reader.close();
  expect(run.code, run.output).toBe(0);
  expect(mixed).toBe(0);
  expect(seen.size).toBeGreaterThan(3);
  expect((await currentPublication(clickhouse))?.id).toBe('p20270101000019_0013');
  // The newest three, for readers that asked a while ago.
  expect(
    await clickhouse.query("SELECT name FROM system.databases WHERE startsWith(name, 'marts_p2027') ORDER BY name"),
  ).toEqual([17, 18, 19].map((n) => ({ name: `marts_p2027010100${String(n).padStart(4, '0')}_00${n.toString(16)}` })));
});
