/**
 * What the public view answers. Everything that is not named here is refused there, so that a new endpoint has to be looked at
 * first: none that tells of a single customer, of a message or of a file as it came belongs here.
 */
export const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  '/api/about',
  '/api/access',
  '/api/churn',
  '/api/contract.json',
  '/api/contract/landed',
  '/api/contract/marts',
  '/api/funnel',
  '/api/funnel/retention',
  '/api/hops',
  '/api/lineage',
  '/api/lineage/node',
  '/api/live',
  '/api/live/stream',
  '/api/live/window',
  '/api/metrics',
  '/api/options',
  '/api/overview',
  '/api/pipeline',
  '/api/pipeline/builds',
  '/api/pipeline/learned-models',
  '/api/pipeline/models',
  '/api/quality',
  '/api/segments',
  '/api/segments/clusters',
  '/api/segments/distributions',
  '/openapi.json',
]);

/** Pages about single customers alone. */
export const CUSTOMER_PAGES: readonly string[] = ['/customers'];
