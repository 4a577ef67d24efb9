import { z } from 'zod';
import { amount, count, instant } from './fields.ts';
import { deadLetterSchema } from './quality-schema.ts';

export const RECENT_KINDS = ['website', 'purchase'] as const;

/**
 * A stored event without what may name a person: users, sessions, search words, referrers, addresses of pages beyond their
 * path, and everything free-form stay out.
 */
export const recentEventSchema = z.object({
  kind: z.enum(RECENT_KINDS),
  eventId: z.string(),
  source: z.string(),
  /** Type of a web event; kind of a document. */
  type: z.string(),
  happenedAt: instant,
  /** When the broker took it. */
  receivedAt: instant,
  /** When the transaction that stored it began. */
  storedAt: instant,
  topic: z.string(),
  partition: count,
  offset: count,
  /** Path of the page, of a web event. */
  page: z.string().nullable(),
  product: z.string().nullable(),
  device: z.string().nullable(),
  order: z.string().nullable(),
  /** Of a document. */
  status: z.string().nullable(),
  amount: amount.nullable(),
  currency: z.string().nullable(),
});

export const recentSchema = z.object({
  serverTime: instant,
  /** When the databases were last asked: all readers share one look. */
  lookedAt: instant,
  /** How many of the newest were looked through; filters choose among these. */
  looked: z.object({ website: count, purchase: count, letters: count }),
  sources: z.array(z.string()),
  types: z.array(z.string()),
  events: z.array(recentEventSchema),
  letters: z.array(deadLetterSchema),
});

export type RecentKind = (typeof RECENT_KINDS)[number];
export type RecentEvent = z.infer<typeof recentEventSchema>;
export type Recent = z.infer<typeof recentSchema>;
