import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { aboutSchema } from '../api/about-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { PROCESSES } from '../queries/about/processes.ts';
import { readVersions } from '../queries/about/versions.ts';
import { serverTime } from '../time/server-time.ts';
import { SharedRead } from '../warehouse/shared-read.ts';
import type { ReportDeps } from './report.ts';

/** Parts change their version with a restart. */
const VERSIONS_AGE_MS = 10_000;

export function aboutRoute({ warehouse, pool, clock }: ReportDeps & { pool: Pool }): Route {
  const versions = new SharedRead(() => readVersions({ pool, warehouse }), VERSIONS_AGE_MS);
  return jsonRoute({
    path: '/api/about',
    summary: 'What each process does, and the versions of the parts that run.',
    query: z.strictObject({}),
    response: aboutSchema,
    refusals: ['INVALID_QUERY', 'INTERNAL'],
    handle: async () => ({
      serverTime: serverTime(clock),
      processes: PROCESSES,
      parts: await versions.get(),
    }),
  });
}
