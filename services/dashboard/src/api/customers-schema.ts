import { z } from 'zod';
import { amount, count, day, instant } from './fields.ts';
import { reportSchema } from './report-schema.ts';

/** A customer of the publication. Names and addresses are told nobody. */
export const profileSchema = z.object({
  source: z.string(),
  customerId: z.string(),
  registeredOn: day.nullable(),
  tier: z.string().nullable(),
  channel: z.string().nullable(),
  country: z.string().nullable(),
  isClosed: z.boolean(),
  /** Orders neither cancelled nor returned. */
  orders: count,
  /** In the reporting currency; null where a rate of exchange is missing. */
  spend: amount.nullable(),
  averageOrder: amount.nullable(),
  currency: z.string(),
  daysSincePurchase: z.int().nullable(),
  sessions: count,
  webEvents: count,
  daysSinceVisit: z.int().nullable(),
  lastDevice: z.string().nullable(),
});

export const customersSchema = reportSchema.extend({
  sources: z.array(z.string()),
  source: z.string(),
  total: count,
  offset: count,
  limit: count,
  customers: z.array(profileSchema),
});

export const customerOrderSchema = z.object({
  orderId: z.string(),
  kind: z.string(),
  status: z.string(),
  statusAt: instant,
  purchasedAt: instant,
  amount,
  currency: z.string(),
  lines: count,
});

export const ticketSchema = z.object({
  ticketId: z.string(),
  issue: z.string(),
  severity: z.string(),
  openedAt: instant,
  resolvedAt: instant.nullable(),
  hours: amount.nullable(),
});

export const customerEventSchema = z.object({
  at: instant,
  type: z.string(),
  page: z.string().nullable(),
  product: z.string().nullable(),
  device: z.string().nullable(),
});

export const membershipSchema = z.object({
  kind: z.enum(['rfm_segments', 'behaviour_clusters']),
  asOf: day,
  /** Null: in none, since the account was closed. */
  cluster: z.string().nullable(),
});

/** By how much a feature multiplies the odds of an average customer; the value is empty where it is unknown. */
export const reasonSchema = z.object({ feature: z.string(), value: z.string(), oddsRatio: z.number() });

const probability = z.number().min(0).max(1);

export const churnScoreSchema = z.object({
  asOf: day,
  horizonDays: count,
  probability,
  /** 90 % interval of the share of customers with such a score who churn. */
  low: probability,
  high: probability,
  comparableCustomers: count,
  riskDecile: z.int().min(1).max(10),
  probabilityAlive: probability.nullable(),
  raising: z.array(reasonSchema),
  lowering: z.array(reasonSchema),
});

export const customerValueSchema = z.object({
  asOf: day,
  horizonDays: count,
  purchases: count,
  value: amount,
  /** 90 % interval of the expectation; what one customer will spend scatters far more widely. */
  low: amount,
  high: amount,
  expectedPurchases: z.number(),
  probabilityAlive: probability,
  reason: z.string(),
});

export const customerSchema = reportSchema.extend({
  source: z.string(),
  customerId: z.string(),
  /** Null for who came after the publication. */
  profile: profileSchema.nullable(),
  /** As they stand now, newest first; `total` counts all. */
  orders: z.object({ total: count, newest: z.array(customerOrderSchema) }),
  tickets: z.object({ total: count, newest: z.array(ticketSchema) }),
  events: z.object({ days: count, newest: z.array(customerEventSchema) }),
  /** By the runs that are kept, newest first. */
  memberships: z.array(membershipSchema),
  churn: churnScoreSchema.nullable(),
  value: customerValueSchema.nullable(),
});

export type Profile = z.infer<typeof profileSchema>;
export type Customers = z.infer<typeof customersSchema>;
export type CustomerOrder = z.infer<typeof customerOrderSchema>;
export type Ticket = z.infer<typeof ticketSchema>;
export type CustomerEvent = z.infer<typeof customerEventSchema>;
export type Membership = z.infer<typeof membershipSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type ChurnScore = z.infer<typeof churnScoreSchema>;
export type CustomerValue = z.infer<typeof customerValueSchema>;
export type Customer = z.infer<typeof customerSchema>;
