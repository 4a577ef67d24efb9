import type { Dataset } from './dataset.ts';

/** `daily_sales/2025-06-26/2025-06-26_transactions.csv`, or the same file in any folder. */
const DAILY = /(?:^|\/)(\d{4}-\d{2}-\d{2})_transactions\.csv(?:\.gz)?$/;
const FOLDER = /^daily_sales\/./;

/** Lines of the retailer's invoices, a file per day. */
export const retailTransactions: Dataset = {
  name: 'retail_transactions',
  table: 'raw.retail_transactions_bronze',
  csv: [
    { heading: 'Invoice', column: 'Invoice', type: 'text' },
    { heading: 'StockCode', column: 'StockCode', type: 'text' },
    { heading: 'Description', column: 'Description', type: 'text' },
    { heading: 'Quantity', column: 'Quantity', type: 'int32' },
    { heading: 'Price', column: 'Price', type: 'cents', textColumn: 'price_text' },
    { heading: 'Customer ID', column: 'CustomerID', type: 'text' },
    { heading: 'Country', column: 'Country', type: 'text' },
    { heading: 'InvoiceDate', column: 'InvoiceDate', type: 'text' },
  ],
  claim: (key) => {
    const daily = DAILY.exec(key);
    // One name, compressed or not, in whatever folder: the same day must never be loaded twice.
    if (daily !== null) return { name: `daily_sales/${daily[1] ?? ''}/${daily[1] ?? ''}_transactions.csv` };
    return FOLDER.test(key) ? { name: key } : null;
  },
};
