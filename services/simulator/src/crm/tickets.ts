import { HOUR_MS, DAY_MS } from '@ebb/core';
import type { CrmCustomer, CrmMoment } from './crm-customer.ts';
import { RESOLUTION_HOURS, type Severity, TICKET_EFFECT } from './crm-profile.ts';
import { crmUuid } from './crm-traits.ts';
import { type CrmContext, type CustomerHappening, rowId } from './happenings.ts';
import { hoursBetween } from './rows.ts';

const ESCALATED_SHARE = 0.1;
const DUPLICATE_SHARE = 0.03;
const LONG_TEXT_SHARE = 0.02;
/** Some 10 kB. */
const LONG_TEXT_WORDS = 1_400;
const NEXT_SEVERITY: Readonly<Record<Severity, Severity>> = { Low: 'Medium', Medium: 'High', High: 'High' };

interface Ticket {
  id: string;
  severity: Severity;
  openedMs: number;
}

/** A ticket, which makes leaving likelier from now on; worse for worse trouble. */
export const openTicket: CustomerHappening = (customer, moment, context) => {
  const { random, profile } = context;
  if (!random.bool(customer.traits.ticketPropensity)) return;
  const [issue, severity] = random.weighted(profile.issues.map((entry) => [entry, entry[2]] as const));
  const ticket: Ticket = { id: rowId(customer, crmUuid), severity, openedMs: moment.timeMs };
  customer.tickets[severity] += 1;
  customer.addBurden(moment.days, TICKET_EFFECT[severity]);
  moment.insert(customer, 'support_tickets', ticket.id, {
    customer_id: customer.id,
    issue_type: issue,
    severity,
    description: describe(issue, context),
    opened_at: moment.iso,
    resolved_at: null,
    resolution_time_hrs: null,
  });
  const days = (random.gamma(2, 2) * RESOLUTION_HOURS[severity] * HOUR_MS) / DAY_MS;
  if (random.bool(ESCALATED_SHARE)) context.later(days / 2, (then) => escalate(customer, then, { ticket, context }));
  context.later(days, (then) => finish(customer, then, { ticket, context }));
};

interface Handling {
  ticket: Ticket;
  context: CrmContext;
}

function escalate(customer: CrmCustomer, moment: CrmMoment, { ticket, context }: Handling): void {
  if (customer.isErased) return;
  const severity = NEXT_SEVERITY[ticket.severity];
  customer.addBurden(moment.days, TICKET_EFFECT[severity] - TICKET_EFFECT[ticket.severity]);
  ticket.severity = severity;
  moment.update(customer, 'support_tickets', ticket.id, { severity, description: describe('Escalated', context) });
}

/** Resolved, or found to be a duplicate and deleted. */
function finish(customer: CrmCustomer, moment: CrmMoment, { ticket, context }: Handling): void {
  if (customer.isErased) return;
  if (context.random.bool(DUPLICATE_SHARE)) {
    moment.delete(customer, 'support_tickets', ticket.id);
    return;
  }
  moment.update(customer, 'support_tickets', ticket.id, {
    resolved_at: moment.iso,
    resolution_time_hrs: hoursBetween(ticket.openedMs, moment.timeMs),
  });
}

const SENTENCE = 'The customer says that it worked before, that nothing was changed, and asks for a call back. ';

/** Some tickets hold a whole conversation, far above the size that Postgres keeps inside the row. */
function describe(issue: string, { random }: CrmContext): string {
  const number = `${issue} #${String(random.uint32())}. `;
  if (!random.bool(LONG_TEXT_SHARE)) return number + SENTENCE;
  // Unlike words, or compression would make the text small again.
  return number + Array.from({ length: LONG_TEXT_WORDS }, () => random.uint32().toString(36)).join(' ');
}
