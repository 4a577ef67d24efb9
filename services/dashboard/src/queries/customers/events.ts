import type { Customer, CustomerEvent } from '../../api/customers-schema.ts';
import { shiftDay } from '../../time/business-day.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { isoOf } from '../../warehouse/instants.ts';

const NEWEST = 25;
/** Events lie by day; a reader of them all would read the whole log for one customer. */
const DAYS = 180;

/** A customer's newest web events, of what was sent in their own name. */
export async function readEvents(edition: Edition, source: string, customerId: string): Promise<Customer['events']> {
  const rows = await edition.queryAnew<CustomerEvent>(
    `SELECT toString(e.event_time) AS at, toString(e.event_type) AS type,
       if(e.page_url IS NULL, NULL, path(assumeNotNull(e.page_url))) AS page, e.product_id AS product,
       e.device_type AS device
     FROM raw.web_events_current AS e
     WHERE e.source = {source: String} AND e.user_key = {customer: String} AND e.is_identified
       AND e.day > {after: Date32}
     ORDER BY e.event_time DESC, e.event_id LIMIT {limit: UInt32}`,
    { source, customer: customerId, after: shiftDay(edition.publication.asOf, -DAYS), limit: NEWEST },
  );
  return { days: DAYS, newest: rows.map((row) => ({ ...row, at: isoOf(row.at) })) };
}
