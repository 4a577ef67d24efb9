/** The one door to the server's wire types; only types pass, so nothing of the server is bundled. */
export type {
  Freshness,
  LiveDelta,
  LiveSnapshot,
  LiveTick,
  LiveWindow,
  OrderMinutes,
  OrderTotals,
  WebMinutes,
  WebTotals,
} from '../../src/api/live-schema.ts';
export type { Kpi, Options, SourceOption } from '../../src/api/options-schema.ts';
export type { ApiError } from '../../src/api/error-schema.ts';
export type { Hop, Hops } from '../../src/api/hops-schema.ts';
