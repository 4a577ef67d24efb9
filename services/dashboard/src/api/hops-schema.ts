import { z } from 'zod';

/** In the order data takes them. */
export const HOP_NAMES = [
  'events_to_postgres',
  'postgres_to_kafka',
  'events_to_clickhouse',
  'changes_to_clickhouse',
] as const;

export const hopSchema = z.object({
  hop: z.enum(HOP_NAMES),
  /** Everything the hop's input held at this moment has passed it; null before the hop's first report. */
  asOf: z.iso.datetime({ offset: true }).nullable(),
  /** Messages in front of the hop, or bytes of write-ahead log for `postgres_to_kafka`; null where nobody counts. */
  backlog: z.int().nonnegative().nullable(),
  /** Why the hop stands still, in words; null when all is well. */
  problem: z.string().nullable(),
  /** When the hop last reported. */
  updatedAt: z.iso.datetime({ offset: true }).nullable(),
});

export const hopsSchema = z.object({
  serverTime: z.iso.datetime({ offset: true }),
  hops: z.array(hopSchema),
});

export type Hop = z.infer<typeof hopSchema>;
export type Hops = z.infer<typeof hopsSchema>;
