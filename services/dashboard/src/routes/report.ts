import type { Publication } from '@ebb/clickhouse';
import type { Clock } from '@ebb/core';
import type { z } from 'zod';
import type { PublicationInfo, ReportHead } from '../api/report-schema.ts';
import type { RefusalCode } from '../errors.ts';
import { jsonRoute, type Route } from '../http/route.ts';
import { serverTime } from '../time/server-time.ts';
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

/** Of endpoints that read Postgres alone. */
export const POSTGRES_REFUSALS = [
  'INVALID_QUERY',
  'DATABASE_AWAY',
  'NOT_MIGRATED',
  'QUERY_TIMEOUT',
  'INTERNAL',
] as const satisfies readonly RefusalCode[];

interface Report<Q extends z.ZodType, R extends z.ZodType<ReportHead>> {
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  /** `reportSchema`, extended by what `read` gives. */
  readonly response: R;
  /**
   * The answer follows from the publication and the query alone, so it is made once. Not so where runs of models, raw rows or
   * Postgres are read too.
   */
  readonly isOfPublication?: boolean;
  /** Beside those of every report. */
  readonly refusals?: readonly RefusalCode[];
  readonly read: (edition: Edition, query: z.output<Q>) => Promise<Omit<z.input<R>, keyof ReportHead>>;
}

/** An endpoint over one publication, which is resolved once per request and told in the answer. */
export function reportRoute<Q extends z.ZodType, R extends z.ZodType<ReportHead>>(
  { warehouse, clock }: ReportDeps,
  { read, isOfPublication = false, refusals = [], ...route }: Report<Q, R>,
): Route {
  const answer = (edition: Edition, query: z.output<Q>): ReturnType<typeof read> => {
    if (!isOfPublication) return read(edition, query);
    const question = JSON.stringify([edition.publication, route.path, query]);
    return warehouse.answers.get(question, () => read(edition, query));
  };
  return jsonRoute({
    ...route,
    refusals: [...REPORT_REFUSALS, ...refusals],
    handle: async (query) => {
      const { edition, attempt } = await warehouse.open();
      const head: ReportHead = {
        serverTime: serverTime(clock),
        publication: publicationInfo(edition.publication),
        attempt,
      };
      return { ...head, ...(await answer(edition, query)) } as z.input<R>;
    },
  });
}

export function publicationInfo(publication: Publication): PublicationInfo {
  const { id, asOf, asOfRetail, builtAt, models, testsPassed, testsWarned } = publication;
  return { id, asOf, asOfRetail, builtAt: isoOf(builtAt), models, testsPassed, testsWarned };
}
