import { KPI_DEFINITIONS } from '@ebb/contracts';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { type Options, optionsSchema } from '../api/options-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import type { PostgresLiveReader } from '../live/live-reader.ts';
import { defaultSource, readSources } from '../queries/options.ts';
import { POSTGRES_REFUSALS } from './report.ts';

export function optionsRoute(deps: { pool: Pool; reader: PostgresLiveReader; collectorUrl: string }): Route {
  return jsonRoute({
    path: '/api/options',
    summary: 'What can be chosen (sources, currencies, days), the business time zone, and what each figure means.',
    query: z.strictObject({}),
    response: optionsSchema,
    refusals: POSTGRES_REFUSALS,
    handle: async (): Promise<Options> => {
      const sources = await readSources(deps.pool);
      return {
        timezone: await deps.reader.timezone(),
        today: await deps.reader.today(),
        sources,
        defaultSource: defaultSource(sources),
        kpis: KPI_DEFINITIONS.map(({ name, title, formula, unit, tooltip }) => ({
          name,
          title,
          formula,
          unit,
          tooltip,
        })),
        collectorUrl: deps.collectorUrl.replace(/\/$/, ''),
      };
    },
  });
}
