import type { CaptureStack } from './capture-stack.ts';

/** Changes one column of rows with large values, and the key of some; what ClickHouse then has of the large values. */
export async function changeLargeRows(stack: CaptureStack): Promise<unknown> {
  const large = `(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 320) i)`;
  await stack.pool.query(
    `CREATE TABLE crm.large_values (id bigint PRIMARY KEY, n integer, body text, doc jsonb, blob bytea, parts text[])`,
  );
  await stack.pool.query(
    `INSERT INTO crm.large_values SELECT id, 0, ${large}, jsonb_build_object('body', ${large}),
       convert_to(${large}, 'UTF8'), ARRAY[${large}] FROM generate_series(1, 20) id`,
  );
  await stack.pool.query('UPDATE crm.large_values SET n = n + 1');
  // The key too: it makes a row of another key, whose large values are not in the log either.
  await stack.pool.query('UPDATE crm.large_values SET id = id + 100 WHERE id > 10');
  await stack.untilEqual([{ schema: 'crm', table: 'large_values' }], 60_000);
  return stack.clickhouse.query(
    'SELECT count() AS found, min(length(body)) AS shortest FROM raw.crm_large_values_current WHERE n = 1',
  );
}

/** Amounts at the limits, with a declared precision and without, as ClickHouse has them. */
export async function captureDecimals(stack: CaptureStack): Promise<unknown> {
  await stack.pool.query(
    `CREATE TABLE crm.exact_amounts (id integer PRIMARY KEY, amount numeric(20,4) NOT NULL, free numeric)`,
  );
  await stack.pool.query(
    `INSERT INTO crm.exact_amounts VALUES (1, 99999999999999.9999, 99999999999999.9999), (2, 0.0001, 0.0001),
       (3, -9999999999999999.9999, 1234567890123456789012345678901234567890.00001234567890)`,
  );
  await stack.untilEqual([{ schema: 'crm', table: 'exact_amounts' }], 60_000);
  return stack.clickhouse.query(
    'SELECT toString(amount) AS amount, free FROM raw.crm_exact_amounts_current ORDER BY id',
  );
}
