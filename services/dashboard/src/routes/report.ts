import type { Publication } from '@ebb/clickhouse';
import type { Clock } from '@ebb/core';
import type { z } from 'zod';
import { type PublicationInfo, type ReportHead, reportSchema } from '../api/report-schema.ts';
import type { RefusalCode } from '../errors.ts';
import { jsonRoute, JsonText, type Route } from '../http/route.ts';
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
   * The answer follows from the edition and the query alone, so it is made once. Not so where raw rows or Postgres are read
   * too.
   */
  readonly isOfEdition?: boolean;
  /** Beside those of every report. */
  readonly refusals?: readonly RefusalCode[];
  readonly read: (edition: Edition, query: z.output<Q>) => Promise<Omit<z.input<R>, keyof ReportHead>>;
}

/** An endpoint over one publication, which is resolved once per request and told in the answer. */
export function reportRoute<Q extends z.ZodType, R extends z.ZodType<ReportHead>>(
  { warehouse, clock }: ReportDeps,
  { read, isOfEdition = false, refusals = [], ...route }: Report<Q, R>,
): Route {
  /** The answer without its head, as JSON. */
  const make = async (head: ReportHead, edition: Edition, query: z.output<Q>): Promise<string> => {
    const answer = route.response.parse({ ...head, ...(await read(edition, query)) });
    const { serverTime: _, publication: __, attempt: ___, ...body } = answer;
    return JSON.stringify(body);
  };
  return jsonRoute({
    ...route,
    refusals: [...REPORT_REFUSALS, ...refusals],
    handle: async (query) => {
      const { edition, attempt } = await warehouse.open();
      const publication = publicationInfo(edition.publication);
      const head = reportSchema.parse({ serverTime: serverTime(clock), publication, attempt });
      const question = JSON.stringify([edition.key, route.path, query]);
      const answer = (): Promise<string> => make(head, edition, query);
      const body = isOfEdition ? await warehouse.answers.get(question, answer) : await answer();
      return new JsonText(withHead(head, body));
    },
  });
}

/** Two objects in one, without reading the second, which may be long. */
function withHead(head: ReportHead, body: string): string {
  const text = JSON.stringify(head);
  return body === '{}' ? text : `${text.slice(0, -1)},${body.slice(1)}`;
}

export function publicationInfo(publication: Publication): PublicationInfo {
  const { id, asOf, asOfRetail, builtAt, models, testsPassed, testsWarned } = publication;
  return { id, asOf, asOfRetail, builtAt: isoOf(builtAt), models, testsPassed, testsWarned };
}
