import type { YearLine } from './retail-year.ts';

/** Values by the names of mart `retail_figures`, as ClickHouse prints decimals. */
export type RetailFigures = Record<string, string>;

/**
 * What a span of the retailer's lines must give, counted by the rules of the contract in plain arithmetic: nothing of
 * the models, so that the two can disagree. Amounts are whole numbers of 1/10,000 until they are written.
 */
export function recountRetail(lines: readonly YearLine[]): RetailFigures {
  return { ...bronze(lines), ...layers(lines), ...plain(lines), ...documents(lines), ...gold(lines) };
}

const isCancelled = ({ invoice }: YearLine): boolean => invoice.startsWith('C');
const isProduct = (code: string): boolean => /^(\d{5}|\d{5}[a-zA-Z]+|PADS)$/.test(code);
const exact = ({ price, quantity }: YearLine): number => price * quantity;
/** Half a cent goes away from zero. */
const cents = ({ price }: YearLine): number => Math.sign(price) * Math.round(Math.abs(price) / 100);
const rounded = (line: YearLine): number => cents(line) * line.quantity;

const count = (lines: readonly YearLine[], is: (line: YearLine) => boolean): string => String(lines.filter(is).length);
const distinct = (lines: readonly YearLine[], of: (line: YearLine) => string): number => new Set(lines.map(of)).size;
const sum = (lines: readonly YearLine[], of: (line: YearLine) => number): number =>
  lines.reduce((total, line) => total + of(line), 0);

/** `702.9` of 7,029,000. */
function decimal(tenThousandths: number): string {
  const digits = String(Math.abs(tenThousandths)).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${tenThousandths < 0 ? '-' : ''}${digits.slice(0, -4)}${fraction === '' ? '' : '.'}${fraction}`;
}

function bronze(lines: readonly YearLine[]): RetailFigures {
  return {
    bronze_rows: String(lines.length),
    bronze_cancellations: count(lines, isCancelled),
    bronze_null_customer_ids: count(lines, ({ customer }) => customer === ''),
    bronze_bad_quantities: count(lines, ({ quantity }) => quantity <= 0),
    bronze_odd_stock_codes: count(lines, ({ codeAsWritten }) => !isProduct(codeAsWritten)),
    bronze_bad_price: count(lines, ({ price }) => price < 0),
    identical_rows: String(lines.length - distinct(lines, ({ text }) => text)),
    duplicate_key_rows: String(
      lines.length - distinct(lines, ({ invoice, code, quantity }) => `${invoice}|${code}|${quantity}`),
    ),
  };
}

function keepsContract({ invoice, code, quantity, price }: YearLine): boolean {
  return invoice.length >= 6 && invoice.length <= 7 && code !== '' && quantity > 0 && price >= 0;
}

function isReturn(line: YearLine): boolean {
  return isCancelled(line) && line.quantity <= 0 && keepsContract({ ...line, quantity: 1 });
}

function layers(lines: readonly YearLine[]): RetailFigures {
  const cancelled = lines.filter((line) => isCancelled(line) && line.customer !== '' && line.quantity < 0);
  return {
    silver_rows: count(lines, keepsContract),
    return_rows: count(lines, isReturn),
    quarantined_rows: count(lines, (line) => !keepsContract(line) && !isReturn(line)),
    silver_credit_note_rows: count(lines, (line) => isCancelled(line) && keepsContract(line)),
    cancelled_value_known_customers: decimal(-sum(cancelled, rounded) * 100),
  };
}

function plain(lines: readonly YearLine[]): RetailFigures {
  const sold = lines.filter(
    (line) => line.customer !== '' && !isCancelled(line) && line.quantity > 0 && line.price > 0,
  );
  return {
    plain_lines: String(sold.length),
    plain_customers: String(distinct(sold, ({ customer }) => customer)),
    plain_revenue: decimal(sum(sold, exact)),
  };
}

function documents(lines: readonly YearLine[]): RetailFigures {
  const all = [...Map.groupBy(lines, ({ invoice }) => invoice)].map(([invoice, own]) => ({
    invoice,
    amount: sum(own, exact),
    sells: own.some(({ quantity }) => quantity > 0),
  }));
  const creditNotes = all.filter(({ invoice }) => invoice.startsWith('C'));
  const others = all.filter(({ invoice }) => !invoice.startsWith('C'));
  const isOrder = ({ invoice, amount, sells }: (typeof all)[number]): boolean =>
    sells && amount > 0 && !invoice.startsWith('A');
  const [orders, adjustments] = [others.filter(isOrder), others.filter((one) => !isOrder(one))];
  const total = (some: typeof all): number => some.reduce((amount, one) => amount + one.amount, 0);
  return {
    orders: String(orders.length),
    order_amount: decimal(total(orders)),
    credit_notes: String(creditNotes.length),
    credit_note_amount: decimal(total(creditNotes)),
    adjustments: String(adjustments.length),
    adjustment_amount: decimal(total(adjustments)),
    document_net_amount: decimal(total(orders) + total(creditNotes)),
  };
}

function isGold(line: YearLine): boolean {
  return keepsContract(line) && !isCancelled(line) && /^\d{5}$/.test(line.customer) && isProduct(line.code);
}

function gold(lines: readonly YearLine[]): RetailFigures {
  const sold = lines.filter(isGold);
  const lastDay = lines.reduce((last, { day }) => (day > last ? day : last), '');
  const customers = [...Map.groupBy(sold, ({ customer }) => customer).values()];
  const recency = customers.map((own) => Math.min(...own.map(({ day }) => daysBetween(day, lastDay))));
  const frequency = customers.map((own) => distinct(own, ({ invoice }) => invoice));
  const monetary = customers.map((own) => sum(own, rounded));
  return {
    gold_lines: String(sold.length),
    gold_exact_revenue: decimal(sum(sold, exact)),
    gold_customers: String(customers.length),
    gold_gross_revenue: decimal(sum(sold, rounded) * 100),
    median_recency: decimal(fourQuartiles(recency, 2) * 2_500),
    median_frequency: decimal(fourQuartiles(frequency, 2) * 2_500),
    median_monetary: decimal(fourQuartiles(monetary, 2) * 25),
    ...outliers(outside(monetary), outside(frequency)),
  };
}

function outliers(byMonetary: readonly boolean[], byFrequency: readonly boolean[]): RetailFigures {
  const both = (m: boolean, f: boolean): string =>
    String(byMonetary.filter((is, index) => is === m && byFrequency[index] === f).length);
  return {
    outliers_monetary_only: both(true, false),
    outliers_frequency_only: both(false, true),
    outliers_both: both(true, true),
    customers_without_outliers: both(false, false),
  };
}

/** Which values are more than one and a half interquartile ranges beyond the quartiles; compared in eighths. */
function outside(values: readonly number[]): boolean[] {
  const [q1, q3] = [fourQuartiles(values, 1), fourQuartiles(values, 3)];
  const [low, high] = [2 * q1 - 3 * (q3 - q1), 2 * q3 + 3 * (q3 - q1)];
  return values.map((value) => 8 * value < low || 8 * value > high);
}

/** Four times the quartile of type 7: whole for whole numbers. */
function fourQuartiles(values: readonly number[], k: 1 | 2 | 3): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * k;
  const low = sorted[Math.floor(rank / 4)] ?? Number.NaN;
  const high = sorted[Math.min(Math.floor(rank / 4) + 1, sorted.length - 1)] ?? Number.NaN;
  return 4 * low + (high - low) * (rank % 4);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
