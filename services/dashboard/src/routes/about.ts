import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { aboutSchema } from '../api/about-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { PROCESSES } from '../queries/about/processes.ts';
import { readVersions } from '../queries/about/versions.ts';
import { serverTime } from '../time/server-time.ts';
import type { ReportDeps } from './report.ts';

export function aboutRoute({ warehouse, pool, clock }: ReportDeps & { pool: Pool }): Route {
  return jsonRoute({
    path: '/api/about',
    summary: 'What each process does, and the versions of the parts that run.',
    query: z.strictObject({}),
    response: aboutSchema,
    refusals: ['INVALID_QUERY', 'INTERNAL'],
    handle: async () => ({
      serverTime: serverTime(clock),
      processes: PROCESSES,
      parts: await readVersions({ pool, warehouse }),
    }),
  });
}
