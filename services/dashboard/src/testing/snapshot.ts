import type { LiveSnapshot } from '../api/live-schema.ts';

/** A small valid snapshot for tests of pure code. */
export function makeSnapshot(change: Partial<LiveSnapshot> = {}): LiveSnapshot {
  return {
    source: 'shop',
    currency: 'GBP',
    date: '2026-03-10',
    isToday: true,
    timezone: 'UTC',
    dayStart: '2026-03-10T00:00:00.000Z',
    dayEnd: '2026-03-11T00:00:00.000Z',
    serverTime: '2026-03-10T12:00:30.000Z',
    web: {
      totalEvents: 10,
      uniqueUsers: 4,
      pageViews: 6,
      productClicks: 2,
      sessions: 5,
      averageEvents: 5,
      busiestDayEvents: 20,
      isComplete: false,
    },
    orders: {
      orders: 2,
      validOrders: 1,
      products: 3,
      gross: '30.0000',
      net: '10.0000',
      cancelled: '20.0000',
      credits: '0.0000',
      adjustments: '0.0000',
      average: '10.0000',
      processMs: { p50: 10, p95: 20 },
      isComplete: false,
    },
    webMinutes: { minute: [], events: [], users: [], pageViews: [], productClicks: [], sessions: [] },
    orderMinutes: { minute: [], orders: [], products: [], gross: [], net: [] },
    lastMinutes: null,
    freshness: { dataAsOf: '2026-03-10T12:00:29.000Z', lastChangeAt: '2026-03-10T12:00:20.000Z' },
    ...change,
  };
}
