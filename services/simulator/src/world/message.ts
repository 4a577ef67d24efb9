export type Stream = 'web' | 'purchase';

/** One message on its way out. */
export interface SimMessage {
  stream: Stream;
  /** Event time, ms. */
  timeMs: number;
  key: string;
  value: string;
  /** Id of the event; null for garbage, of which nothing can be expected. */
  eventId: string | null;
}
