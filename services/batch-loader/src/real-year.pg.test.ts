import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { expect, test } from 'vitest';
import { loaderGround } from './testing/loader-ground.ts';

const CELLS = 'Invoice, StockCode, Description, Quantity, price_text, CustomerID, Country, InvoiceDate';
const LONG_MS = 300_000;

test(
  'the real year, compressed: every row and every cell as ClickHouse reads them, prices rounded half away from zero',
  async () => {
    const ground = await loaderGround();
    const gz = await readFile(ONLINE_RETAIL_YEAR_1.path);
    await ground.put('daily_sales/year.csv.gz', gz);
    const report = await ground.load();
    expect(report.loaded).toMatchObject([{ rows: ONLINE_RETAIL_YEAR_1.rows, rejected: 0 }]);

    await ground.clickhouse.command(
      `CREATE TABLE raw.oracle (Invoice Nullable(String), StockCode Nullable(String), Description Nullable(String),
         Quantity Nullable(Int32), price_text String, CustomerID Nullable(String), Country Nullable(String),
         InvoiceDate Nullable(String)) ENGINE = MergeTree ORDER BY ()`,
    );
    const header = /^.*/;
    const text = gunzipSync(gz)
      .toString('latin1')
      .replace(header, (line) => line.replace('Customer ID', 'CustomerID').replace('Price', 'price_text'));
    const url = new URL(ground.server.url);
    const query = 'INSERT INTO raw.oracle FORMAT CSVWithNames';
    const settings = 'input_format_csv_trim_whitespaces=0';
    const response = await fetch(`${url.origin}/?${settings}&query=${encodeURIComponent(query)}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}` },
      body: Buffer.from(text, 'latin1'),
    });
    expect(await response.text()).toBe('');

    const digest = (table: string) =>
      ground.rows(`SELECT count() AS rows, sum(cityHash64(${CELLS})) AS cells FROM ${table}`);
    expect(await digest('raw.retail_transactions_bronze_current')).toEqual(await digest('raw.oracle'));
    const wrong = await ground.rows(
      `SELECT price_text, Price FROM raw.retail_transactions_bronze_current
       WHERE Price != round(toDecimal64(price_text, 6), 2) LIMIT 5`,
    );
    expect(wrong).toEqual([]);
    const [cents] = await ground.rows(
      `SELECT countIf(length(splitByChar('.', price_text)[2]) > 2) AS longer FROM raw.retail_transactions_bronze_current`,
    );
    expect(cents).toEqual({ longer: '14' });
  },
  LONG_MS,
);
