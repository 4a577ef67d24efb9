import type { Clock } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { hopsSchema } from '../api/hops-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { readHops } from '../queries/hops.ts';
import { serverTime } from '../time/server-time.ts';
import { POSTGRES_REFUSALS } from './report.ts';

export function hopsRoute(deps: { pool: Pool; clock: Clock }): Route {
  return jsonRoute({
    path: '/api/hops',
    summary: 'How far each hop of the pipeline has come, what waits in front of it, and why one stands still.',
    query: z.strictObject({}),
    response: hopsSchema,
    refusals: POSTGRES_REFUSALS,
    handle: async () => ({
      hops: await readHops(deps.pool),
      serverTime: serverTime(deps.clock),
    }),
  });
}
