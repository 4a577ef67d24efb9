import { METRICS } from '@ebb/contracts';
import { z } from 'zod';
import { type Metric, metricsSchema } from '../api/metrics-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';

/** What every figure means: pages label what they show with it and keep no words of their own. */
export function metricsRoute(): Route {
  return jsonRoute({
    path: '/api/metrics',
    summary: 'The metric dictionary: title, formula, unit and meaning of every figure, by name.',
    query: z.strictObject({}),
    response: metricsSchema,
    refusals: ['INVALID_QUERY', 'INTERNAL'],
    handle: async () => ({ metrics: metricDictionary() }),
  });
}

export function metricDictionary(): Metric[] {
  return METRICS.map(({ name, title, owner, formula, unit, grain, per, description, mart }) => ({
    name,
    title,
    owner,
    formula,
    unit,
    grain: [...grain],
    per: [...per],
    description,
    mart,
  }));
}
