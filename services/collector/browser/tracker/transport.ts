import { byteLength, type PostResult, type SendReport, type TrackerEvent } from './sender.ts';

export interface Endpoint {
  /** Where the collector is: the origin the script came from, unless told otherwise. */
  url: string;
  writeKey: string;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** Browsers refuse a longer body with keepalive. */
const MAX_KEEPALIVE_BYTES = 60_000;

/** One POST of a batch. Network failures, timeouts and the statuses that pass by themselves are worth repeating. */
export async function postEvents(endpoint: Endpoint, events: TrackerEvent[]): Promise<PostResult> {
  const body = JSON.stringify(events);
  try {
    const response = await fetch(`${endpoint.url}/v1/website-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${endpoint.writeKey}` },
      body,
      // No cookies either way; keepalive lets the request outlive a click on a link.
      credentials: 'omit',
      keepalive: byteLength(body) <= MAX_KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return await readResult(response, events);
  } catch {
    return { kind: 'retry', afterMs: null };
  }
}

async function readResult(response: Response, events: TrackerEvent[]): Promise<PostResult> {
  if (response.status === 202) {
    const answer = (await response.json()) as Omit<SendReport, 'sent'>;
    return { kind: 'done', report: { sent: events, accepted: answer.accepted, rejected: answer.rejected } };
  }
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { kind: 'retry', afterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null };
  }
  return { kind: 'refused', status: response.status, message: await response.text() };
}

/** text/plain and the key in the address: the only shape a beacon can have without a preflight. */
export function beaconEvents(endpoint: Endpoint, body: string): boolean {
  const url = `${endpoint.url}/v1/website-events?key=${encodeURIComponent(endpoint.writeKey)}`;
  return navigator.sendBeacon(url, new Blob([body], { type: 'text/plain;charset=UTF-8' }));
}
