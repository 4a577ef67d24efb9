import type { JSX } from 'preact';
import type { Customer, CustomerEvent, CustomerOrder, Membership, Ticket } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatInstant, formatMoney } from '../../format.ts';

const ORDERS: readonly Column<CustomerOrder>[] = [
  { key: 'order', head: 'Document', cell: ({ orderId }) => orderId },
  { key: 'kind', head: 'Kind', look: 'short', cell: ({ kind }) => kind.replace('_', ' ') },
  { key: 'status', head: 'Status', look: 'short', cell: ({ status }) => status },
  { key: 'since', head: 'Since', look: 'short', cell: ({ statusAt }) => formatInstant(statusAt) },
  { key: 'bought', head: 'Bought', look: 'short', cell: ({ purchasedAt }) => formatInstant(purchasedAt) },
  { key: 'lines', head: 'Lines', look: 'number', cell: ({ lines }) => formatCount(lines) },
  { key: 'amount', head: 'Amount', look: 'number', cell: ({ amount, currency }) => formatMoney(amount, currency) },
];

const TICKETS: readonly Column<Ticket>[] = [
  { key: 'ticket', head: 'Ticket', cell: ({ ticketId }) => ticketId },
  { key: 'issue', head: 'Issue', look: 'short', cell: ({ issue }) => issue },
  { key: 'severity', head: 'Severity', look: 'short', cell: ({ severity }) => severity },
  { key: 'opened', head: 'Opened', look: 'short', cell: ({ openedAt }) => formatInstant(openedAt) },
  {
    key: 'resolved',
    head: 'Resolved',
    look: 'short',
    cell: ({ resolvedAt }) => (resolvedAt === null ? 'open' : formatInstant(resolvedAt)),
  },
  { key: 'hours', head: 'Hours', look: 'number', cell: ({ hours }) => hours ?? '–' },
];

const EVENTS: readonly Column<CustomerEvent>[] = [
  { key: 'at', head: 'When', look: 'short', cell: ({ at }) => formatInstant(at) },
  { key: 'type', head: 'Event', look: 'short', cell: ({ type }) => type.replaceAll('_', ' ') },
  { key: 'page', head: 'Page', cell: ({ page }) => page ?? '–' },
  { key: 'product', head: 'Product', look: 'short', cell: ({ product }) => product ?? '–' },
  { key: 'device', head: 'Device', look: 'short', cell: ({ device }) => device ?? '–' },
];

const KINDS: Record<Membership['kind'], string> = { rfm_segments: 'RFM', behaviour_clusters: 'Behaviour' };

const MEMBERSHIPS: readonly Column<Membership>[] = [
  { key: 'day', head: 'As of', look: 'short', cell: ({ asOf }) => formatDate(asOf) },
  { key: 'kind', head: 'Clusters by', look: 'short', cell: ({ kind }) => KINDS[kind] },
  { key: 'cluster', head: 'Cluster', cell: ({ cluster }) => cluster ?? 'none, the account is closed' },
];

/** Clusters so far, orders, tickets and events, each newest first. */
export function HistorySection({ customer }: { customer: Customer }): JSX.Element {
  const { orders, tickets, events, memberships } = customer;
  return (
    <>
      <History
        id="orders"
        title="Orders"
        note={shown(orders)}
        columns={ORDERS}
        rows={orders.newest}
        rowKey={({ orderId }) => orderId}
      />
      <History
        id="tickets"
        title="Tickets"
        note={shown(tickets)}
        columns={TICKETS}
        rows={tickets.newest}
        rowKey={({ ticketId }) => ticketId}
      />
      <History
        id="events"
        title="Web events"
        note={`Newest of the ${formatCount(events.days)} days before the as-of day and since, sent in the customer’s own name`}
        columns={EVENTS}
        rows={events.newest}
        rowKey={({ at, type, page }) => `${at} ${type} ${page ?? ''}`}
      />
      <History
        id="memberships"
        title="Clusters so far"
        note="By every published run whose rows are kept"
        columns={MEMBERSHIPS}
        rows={memberships}
        rowKey={({ kind, asOf, cluster }) => `${kind} ${asOf} ${cluster ?? ''}`}
      />
    </>
  );
}

function shown({ total, newest }: { total: number; newest: readonly unknown[] }): string {
  const part = newest.length < total ? `The newest ${newest.length} of ${formatCount(total)}` : 'All';
  return `${part}, as they stand now`;
}

function History<R>(props: {
  id: string;
  title: string;
  note: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
}): JSX.Element {
  const { id, title, note, columns, rows, rowKey } = props;
  return (
    <section class="section" aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{note}</p>
      </div>
      <div class="card">
        {rows.length === 0 ? (
          <p class="lead" data-empty={id}>
            None.
          </p>
        ) : (
          <DataTable id={id} caption={`${title} of the customer`} columns={columns} rows={rows} rowKey={rowKey} />
        )}
      </div>
    </section>
  );
}
