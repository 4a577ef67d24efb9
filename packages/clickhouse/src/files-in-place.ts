import type { Clickhouse } from './clickhouse.ts';
import { ClickhouseError } from './errors.ts';
import { quoteClickhouseText } from './quoting.ts';

/** Name by which queries read the object store without its login: `s3(ebb_files, filename = '…')`. */
export const FILES_COLLECTION = 'ebb_files';

export interface FilesLogin {
  /** Of the server, as ClickHouse reaches it. */
  url: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

const DAILY_COLUMNS = ['Invoice', 'StockCode', 'Description', 'Quantity', 'Price', 'Customer ID', 'Country'];

/** Tells ClickHouse the object store's address and login, in place of what it was told before. It shows them nobody. */
export async function nameFiles(clickhouse: Clickhouse, { url, bucket, ...login }: FilesLogin): Promise<void> {
  const values = {
    url: `${url.replace(/\/$/, '')}/${bucket}/`,
    access_key_id: login.accessKey,
    secret_access_key: login.secretKey,
  };
  const list = Object.entries(values).map(([name, value]) => `${name} = ${quoteClickhouseText(value)}`);
  await clickhouse.command(`DROP NAMED COLLECTION IF EXISTS ${FILES_COLLECTION}`);
  try {
    await clickhouse.command(`CREATE NAMED COLLECTION ${FILES_COLLECTION} AS ${list.join(', ')}`);
  } catch (error) {
    if (!(error instanceof ClickhouseError)) throw error;
    // Its message repeats the statement, and so the login.
    throw new ClickhouseError(error.code, `the object store could not be made known to ClickHouse (${error.code})`, {
      retryable: error.retryable,
    });
  }
}

/**
 * Makes `raw.daily_sales_files`: the retailer's files as they lie in the object store, every column as text, with file
 * and line, loaded or not. It reads with the rights of who makes it: who may only read needs no right to call other servers.
 */
export async function viewDailyFiles(clickhouse: Clickhouse): Promise<void> {
  const columns = [...DAILY_COLUMNS, 'InvoiceDate'];
  const structure = columns.map((name) => `\`${name}\` String`).join(', ');
  await clickhouse.command(`CREATE OR REPLACE VIEW raw.daily_sales_files DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
    SELECT toDate(extract(CAST(_path, 'String'), '/daily_sales/([0-9-]{10})/')) AS day,
      CAST(_file, 'String') AS file, _row_number AS row, *
    FROM s3(${FILES_COLLECTION}, filename = 'daily_sales/*/*.csv', format = 'CSVWithNames',
      structure = ${quoteClickhouseText(structure)})`);
}
