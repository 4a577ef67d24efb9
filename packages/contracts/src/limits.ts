/** Lengths are UTF-16 code units, sizes are UTF-8 bytes of JSON. Widening is compatible, narrowing never is. */
export const LIMITS = {
  eventId: 64,
  id: 128,
  url: 2048,
  searchQuery: 512,
  shortText: 64,
  mediumText: 256,
  address: 1024,
  description: 1024,
  propertiesBytes: 8192,
  extraBytes: 8192,
  jsonDepth: 16,
  /** The longest real invoice known has 1,114 lines. */
  items: 5000,
  /** An event message: what a topic takes, see topics.ts. */
  messageBytes: 1_000_000,
  int4Min: -2_147_483_648,
  int4Max: 2_147_483_647,
} as const;

/** How far ahead of the broker's clock an event may be: sender clocks drift. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;

export const SOURCE_PATTERN = /^[a-z][a-z0-9_]{0,31}$/;
export const DEFAULT_SOURCE = 'shop';
