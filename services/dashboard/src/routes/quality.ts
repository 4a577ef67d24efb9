import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { deadLettersSchema, filesSchema, qualitySchema, quarantineSchema } from '../api/quality-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { readDeadLetters } from '../queries/quality/dead-letters.ts';
import { readFiles } from '../queries/quality/files.ts';
import { readQuality } from '../queries/quality/quality.ts';
import { readQuarantine } from '../queries/quality/quarantine.ts';
import { serverTime } from '../time/server-time.ts';
import { pageFields } from './page-query.ts';
import { POSTGRES_REFUSALS, type ReportDeps, reportRoute } from './report.ts';

/** How good the data is: files by rule and layer, what is kept out and why, messages that could not be taken. */
export function qualityRoutes(deps: ReportDeps & { pool: Pool }): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/quality',
      summary: 'Quality of the retailer’s files: score by day, every rule with what broke it, layer against layer.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: qualitySchema,
      read: readQuality,
    }),
    reportRoute(deps, {
      path: '/api/quality/quarantine',
      summary: 'Lines and files that are kept out of silver, with every rule they break.',
      query: z.strictObject({ rule: z.string().min(1).max(100).optional(), ...pageFields }),
      isOfEdition: true,
      response: quarantineSchema,
      read: (edition, { rule, limit, offset }) => readQuarantine(edition, rule ?? null, { limit, offset }),
    }),
    jsonRoute({
      path: '/api/quality/dead-letters',
      summary: 'Messages that could not be taken: by reason, and the newest; their contents are not told.',
      query: z.strictObject({ limit: pageFields.limit }),
      response: deadLettersSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async ({ limit }) => ({
        serverTime: serverTime(deps.clock),
        ...(await readDeadLetters(deps.pool, limit)),
      }),
    }),
    jsonRoute({
      path: '/api/quality/files',
      summary: 'The file ledger: what became of every file.',
      query: z.strictObject(pageFields),
      response: filesSchema,
      refusals: POSTGRES_REFUSALS,
      handle: async (page) => ({ serverTime: serverTime(deps.clock), ...(await readFiles(deps.pool, page)) }),
    }),
  ];
}
