import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import {
  contractFileSchema,
  type LandedContract,
  landedContractSchema,
  martsContractSchema,
} from '../api/contract-schema.ts';
import { fileRoute, jsonRoute, type Route } from '../http/route.ts';
import { readCapturedTables } from '../queries/contract/captured.ts';
import { readEventContracts } from '../queries/contract/events.ts';
import { readMarts } from '../queries/contract/marts.ts';
import { metricDictionary } from './metrics.ts';
import { POSTGRES_REFUSALS, publicationInfo, REPORT_REFUSALS, type ReportDeps, reportRoute } from './report.ts';

type Deps = ReportDeps & { pool: Pool };

/** What is promised of events, captured tables and marts: made from the code and the databases, never typed. */
export function contractRoutes(deps: Deps): Route[] {
  return [
    jsonRoute({
      path: '/api/contract/landed',
      summary: 'JSON Schema of every topic of events; columns and versions of every captured table, as they are now.',
      query: z.strictObject({}),
      response: landedContractSchema,
      refusals: POSTGRES_REFUSALS,
      handle: () => readLanded(deps),
    }),
    reportRoute(deps, {
      path: '/api/contract/marts',
      summary: 'Columns of every published mart with type, meaning and tests.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: martsContractSchema,
      read: readMarts,
    }),
    contractFile(deps),
  ];
}

async function readLanded({ pool, clock }: Deps): Promise<LandedContract> {
  const nowMs = clock.nowMs();
  const [events, tables] = await Promise.all([readEventContracts(pool, nowMs), readCapturedTables(pool)]);
  return { serverTime: new Date(nowMs).toISOString(), events, tables };
}

function contractFile(deps: Deps): Route {
  return fileRoute({
    path: '/api/contract.json',
    summary: 'The whole contract as a file: events, captured tables, marts, metrics.',
    query: z.strictObject({}),
    contentType: 'application/json; charset=utf-8',
    refusals: [...new Set([...REPORT_REFUSALS, ...POSTGRES_REFUSALS])],
    write: async () => {
      const { edition } = await deps.warehouse.open();
      const [landed, { marts }] = await Promise.all([readLanded(deps), readMarts(edition)]);
      const publication = publicationInfo(edition.publication);
      const content = contractFileSchema.parse({ ...landed, publication, marts, metrics: metricDictionary() });
      return { name: `contract-${publication.id}.json`, content: `${JSON.stringify(content, null, 2)}\n` };
    },
  });
}
