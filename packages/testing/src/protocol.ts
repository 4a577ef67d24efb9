import { z } from 'zod';

export type TestServerKind = 'postgres' | 'kafka';

/** What a test server process says on its standard output, once, as one line of JSON. */
export const testServerReport = z.union([
  z.object({ kind: z.literal('postgres'), url: z.string(), template: z.string(), sharedDirectory: z.string() }),
  z.object({ kind: z.literal('kafka'), brokers: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type TestServerReport = z.infer<typeof testServerReport>;
