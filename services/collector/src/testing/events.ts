import { randomUUID } from 'node:crypto';

/** A valid page view of now. */
export function pageView(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event_id: randomUUID(),
    event_type: 'page_view',
    event_timestamp: new Date().toISOString(),
    anonymous_id: 'visitor-1',
    page_url: 'https://shop.example/',
    ...fields,
  };
}

interface EventIdentity {
  source: string;
  day: string;
  userKey: string;
  eventId: string;
}

/** What identifies a page view of today with this id. */
export function pageViewIdentity(eventId: string, userKey = 'visitor-1'): EventIdentity {
  return { source: 'shop', day: new Date().toISOString().slice(0, 10), userKey, eventId };
}

/** A valid order of now. */
export function order(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const now = new Date().toISOString();
  return {
    event_id: randomUUID(),
    order_id: randomUUID(),
    order_status: 'processing',
    purchase_time: now,
    status_time: now,
    currency: 'USD',
    items: [{ line_no: 1, product_id: 'P001', quantity: 1, unit_price: '14.50' }],
    total_amount: '14.50',
    ...fields,
  };
}

export interface SendOptions {
  key?: string | null;
  headers?: Record<string, string>;
  path?: string;
}

/** One POST; a body that is no text or bytes is sent as JSON. */
export async function send(url: string, body: unknown, options: SendOptions = {}): Promise<Response> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  return fetch(`${url}${options.path ?? '/v1/website-events'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(typeof options.key === 'string' ? { authorization: `Bearer ${options.key}` } : {}),
      ...options.headers,
    },
    body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  });
}

export interface Answer {
  accepted: number;
  rejected: { index: number; event_id: string | null; code: string; message: string }[];
}

export async function answerOf(response: Response): Promise<Answer> {
  return (await response.json()) as Answer;
}

export async function refusalCode(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}
