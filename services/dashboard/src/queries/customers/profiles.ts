import type { Customers, Profile } from '../../api/customers-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { sourceAmong } from '../default-source.ts';
import { type Page, toCount } from '../rows.ts';

interface Row {
  source: string;
  customer_id: string;
  registered_on: string | null;
  tier: string | null;
  channel: string | null;
  country: string | null;
  is_closed: boolean;
  orders: string;
  spend: string | null;
  average_order: string | null;
  currency: string;
  days_since_purchase: string | null;
  sessions: string;
  web_events: string;
  days_since_visit: string | null;
  last_device: string | null;
}

const COLUMNS = `p.source AS source, p.customer_id AS customer_id, toString(p.registration_date) AS registered_on,
  p.tier AS tier, p.channel AS channel, p.country AS country, p.is_closed AS is_closed,
  toString(p.total_orders) AS orders, toString(p.total_spend) AS spend, toString(p.avg_order_value) AS average_order,
  p.currency AS currency, toString(p.days_since_last_purchase) AS days_since_purchase,
  toString(p.sessions) AS sessions, toString(p.total_web_events) AS web_events,
  toString(p.days_since_last_web_activity) AS days_since_visit, p.last_device AS last_device`;

const MART = 'int_customer_profiles_ml';

/** Customers of a source whose id holds the text, those that begin with it first, then by spend. */
export async function readCustomers(
  edition: Edition,
  choice: { source: string | null; text: string },
  page: Page,
): Promise<Omit<Customers, keyof ReportHead>> {
  const sources = await readSources(edition);
  const source = choice.source ?? sourceAmong(sources);
  const params = { source, text: choice.text, ...page };
  const from = `${edition.mart(MART)} AS p
    WHERE p.source = {source: String} AND ({text: String} = '' OR positionCaseInsensitive(p.customer_id, {text: String}) > 0)`;
  const [[counted], rows] = await Promise.all([
    edition.query<{ total: string }>(`SELECT toString(count()) AS total FROM ${from}`, params),
    edition.query<Row>(
      `SELECT ${COLUMNS} FROM ${from}
       ORDER BY p.customer_id = {text: String} DESC, startsWith(p.customer_id, {text: String}) DESC,
         p.total_spend DESC NULLS LAST, p.customer_id
       LIMIT {limit: UInt32} OFFSET {offset: UInt32}`,
      params,
    ),
  ]);
  return { sources, source, total: toCount(counted?.total), ...page, customers: rows.map(profileOf) };
}

/** One customer as the publication knows them; null for who came later. */
export async function readProfile(edition: Edition, source: string, customerId: string): Promise<Profile | null> {
  const [row] = await edition.query<Row>(
    `SELECT ${COLUMNS} FROM ${edition.mart(MART)} AS p
     WHERE p.source = {source: String} AND p.customer_id = {customer: String}`,
    { source, customer: customerId },
  );
  return row === undefined ? null : profileOf(row);
}

async function readSources(edition: Edition): Promise<string[]> {
  const rows = await edition.query<{ known: string }>(
    `SELECT DISTINCT p.source AS known FROM ${edition.mart(MART)} AS p ORDER BY known`,
  );
  return rows.map(({ known }) => known);
}

function profileOf(row: Row): Profile {
  return {
    source: row.source,
    customerId: row.customer_id,
    registeredOn: row.registered_on,
    tier: row.tier,
    channel: row.channel,
    country: row.country,
    isClosed: row.is_closed,
    orders: toCount(row.orders),
    spend: row.spend,
    averageOrder: row.average_order,
    currency: row.currency,
    daysSincePurchase: toDays(row.days_since_purchase),
    sessions: toCount(row.sessions),
    webEvents: toCount(row.web_events),
    daysSinceVisit: toDays(row.days_since_visit),
    lastDevice: row.last_device,
  };
}

function toDays(text: string | null): number | null {
  return text === null ? null : Number(text);
}
