import type { Clock } from '@ebb/core';
import type { z } from 'zod';
import type { ReportHead } from '../api/report-schema.ts';
import type { RefusalCode } from '../errors.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import type { Edition } from '../warehouse/edition.ts';
import { isoOf } from '../warehouse/instants.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface ReportDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
}

export const REPORT_REFUSALS = [
  'INVALID_QUERY',
  'NOTHING_PUBLISHED',
  'MART_MISSING',
  'DATABASE_AWAY',
  'QUERY_TIMEOUT',
  'INTERNAL',
] as const satisfies readonly RefusalCode[];

interface Report<Q extends z.ZodType, R extends z.ZodType<ReportHead>> {
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  /** `reportSchema`, extended by what `read` gives. */
  readonly response: R;
  /** Beside those of every report. */
  readonly refusals?: readonly RefusalCode[];
  readonly read: (edition: Edition, query: z.output<Q>) => Promise<Omit<z.input<R>, keyof ReportHead>>;
}

/** An endpoint over one publication, which is resolved once per request and told in the answer. */
export function reportRoute<Q extends z.ZodType, R extends z.ZodType<ReportHead>>(
  { warehouse, clock }: ReportDeps,
  { read, refusals = [], ...route }: Report<Q, R>,
): Route {
  return jsonRoute({
    ...route,
    refusals: [...REPORT_REFUSALS, ...refusals],
    handle: async (query) => {
      const { edition, attempt } = await warehouse.open();
      const { id, asOf, asOfRetail, builtAt, models, testsPassed, testsWarned } = edition.publication;
      const head: ReportHead = {
        serverTime: new Date(clock.nowMs()).toISOString(),
        publication: { id, asOf, asOfRetail, builtAt: isoOf(builtAt), models, testsPassed, testsWarned },
        attempt,
      };
      return { ...head, ...(await read(edition, query)) } as z.input<R>;
    },
  });
}
