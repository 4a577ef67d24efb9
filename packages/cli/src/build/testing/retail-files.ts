import type { Clickhouse } from '@ebb/clickhouse';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';

/** One line of a file, cells as they stand there. */
export interface FileLine {
  invoice: string;
  code?: string;
  quantity?: number | null;
  price?: string;
  customer?: string;
  date: string;
}

/** The retailer's files in the warehouse, as the loader leaves them there: lines first, then the load that shows them. */
export class RetailFiles {
  readonly #clickhouse: Clickhouse;
  #loadId = 1_000_000;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  /** Year 1 of Online Retail II as it stands in the repository, to be landed day by day. */
  async prepareYear1(): Promise<void> {
    await this.#clickhouse.command('CREATE DATABASE IF NOT EXISTS test');
    await this.#clickhouse.command(`
      CREATE TABLE test.year1 ENGINE = Memory AS
      SELECT lines.* EXCEPT number, days.shifted_date AS day,
        row_number() OVER (PARTITION BY days.shifted_date ORDER BY lines.number) + 1 AS line_no
      FROM (
        SELECT *, rowNumberInAllBlocks() AS number
        FROM file('${ONLINE_RETAIL_YEAR_1.path}', 'CSVWithNames', 'Invoice String, StockCode String,
          Description String, Quantity String, InvoiceDate Date, Price String, \`Customer ID\` String, Country String')
      ) AS lines
      INNER JOIN file('${ONLINE_RETAIL_DAY_MAP.path}', 'CSVWithNames', 'shifted_date Date, original_date Date,
        rows UInt32, weekday String') AS days ON days.original_date = lines.InvoiceDate
      SETTINGS input_format_csv_trim_whitespaces = 0, max_threads = 1`);
  }

  /** One file per day, `from` and `to` included. */
  async landDays(from: string, to: string): Promise<void> {
    await this.#land(`
      SELECT Invoice, StockCode, Description, Quantity, Price, \`Customer ID\`, Country, toString(day),
        concat('daily_sales/', toString(day), '/', toString(day), '_transactions.csv'), line_no,
        toUInt64(toRelativeDayNum(day)), day
      FROM test.year1 WHERE day BETWEEN '${from}' AND '${to}'`);
  }

  /** The last days of year 1 at their own dates with times of day, all in one file: how year 2 begins. */
  async landYear2Overlap(loadedOn: string): Promise<void> {
    this.#loadId += 1;
    await this.#land(`
      SELECT Invoice, StockCode, Description, Quantity, Price, \`Customer ID\`, Country,
        concat(toString(InvoiceDate), ' 08:26:00'), 'online_retail_II_2010-2011.csv',
        row_number() OVER (ORDER BY day, line_no) + 1, ${this.#loadId}, toDate('${loadedOn}')
      FROM test.year1 WHERE InvoiceDate >= '2010-12-01'`);
  }

  async landFile(name: string, day: string, lines: readonly FileLine[]): Promise<void> {
    this.#loadId += 1;
    const rows = lines.map((line, index) => {
      const cells = [
        line.invoice,
        line.code ?? '21000',
        'MUG',
        line.quantity === null ? '' : String(line.quantity ?? 1),
        line.price ?? '1.00',
        line.customer ?? '13085.0',
        'France',
        line.date,
        name,
      ];
      return `(${cells.map((cell) => `'${cell}'`).join(', ')}, ${index + 2}, ${this.#loadId}, toDate('${day}'))`;
    });
    await this.#land(`SELECT tupleElement(r, 1), tupleElement(r, 2), tupleElement(r, 3), tupleElement(r, 4),
      tupleElement(r, 5), tupleElement(r, 6), tupleElement(r, 7), tupleElement(r, 8), tupleElement(r, 9),
      tupleElement(r, 10), tupleElement(r, 11), tupleElement(r, 12) FROM (SELECT arrayJoin([${rows.join(',\n')}]) AS r)`);
  }

  async withdraw(name: string): Promise<void> {
    this.#loadId += 1;
    await this.#clickhouse.command(`INSERT INTO raw.loaded_files (dataset, source_file, load_id, target_table, rows,
      processing_date, loaded_at, is_withdrawn) VALUES ('retail_transactions', '${name}', ${this.#loadId},
      'raw.retail_transactions_bronze', 0, '2026-01-01', now64(3), true)`);
  }

  async #land(select: string): Promise<void> {
    await this.#clickhouse.command(`
      INSERT INTO raw.retail_transactions_bronze (Invoice, StockCode, Description, Quantity, Price, CustomerID, Country,
        InvoiceDate, price_text, source_file, line_no, load_id, processing_date, ingestion_timestamp)
      SELECT nullIf(c1, ''), nullIf(c2, ''), nullIf(c3, ''), toInt32OrNull(c4), round(toDecimal64OrNull(c5, 6), 2),
        nullIf(c6, ''), nullIf(c7, ''), nullIf(c8, ''), c5, c9, toUInt32(c10), toUInt64(c11), c12, now64(3, 'UTC')
      FROM (${select}) AS t(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12)`);
    await this.#clickhouse.command(`
      INSERT INTO raw.loaded_files (dataset, source_file, load_id, target_table, sha256, bytes, rows, rejected,
        processing_date, loaded_at)
      SELECT 'retail_transactions', source_file, load_id, 'raw.retail_transactions_bronze', '', 1, count(), 0,
        any(processing_date), now64(3, 'UTC')
      FROM raw.retail_transactions_bronze
      WHERE (source_file, load_id) NOT IN (SELECT source_file, load_id FROM raw.loaded_files)
      GROUP BY source_file, load_id`);
  }
}
