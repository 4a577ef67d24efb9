import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { CUSTOMER_PAGES } from '../access/public-paths.ts';
import { accessSchema } from '../api/access-schema.ts';
import { jsonRoute, type Route } from '../http/route.ts';

export function accessRoute({ mode }: Access): Route {
  return jsonRoute({
    path: '/api/access',
    summary: 'Whom the dashboard answers, and the pages that this view has not.',
    query: z.strictObject({}),
    response: accessSchema,
    refusals: ['INVALID_QUERY'],
    handle: () => Promise.resolve({ mode, hiddenPages: mode === 'public' ? [...CUSTOMER_PAGES] : [] }),
  });
}
