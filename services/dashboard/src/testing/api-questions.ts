import { must } from '@ebb/core';
import { type DescribedEndpoint, OUTLET } from '@ebb/testing';

/** What endpoints may not be asked without. */
const EXAMPLES: Readonly<Record<string, string>> = { source: OUTLET, customer: 'u0' };
const EVENT_STREAM = 'text/event-stream';

export interface Answer {
  status: number;
  headers: Headers;
  /** Empty of a stream, which is let go at once. */
  text: string;
}

/** The parameters without which an endpoint refuses, but for one, with values that exist. */
export function neededBeside(one: string, { path, parameters }: DescribedEndpoint): Record<string, string> {
  const needed = parameters.filter(({ name, required }) => required && name !== one);
  return Object.fromEntries(
    needed.map(({ name }) => [name, must(EXAMPLES[name], `an example of “${name}”, which ${path} needs: add it here`)]),
  );
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal });
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith(EVENT_STREAM) !== true) {
    return { status, headers, text: await response.text() };
  }
  abort.abort();
  return { status, headers, text: '' };
}

/** Gives every item to `work`, some at a time. */
export async function forEachOf<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

/** An answer of JSON without what differs by itself: the value that was asked for, where it is repeated, and instants. */
export function masked(text: string, value: string): string {
  const echoes = new Set([value, value.trim(), value.toWellFormed()]);
  return JSON.stringify(JSON.parse(text), (_, part: unknown) =>
    typeof part === 'string' && (echoes.has(part) || /^\d{4}-\d{2}-\d{2}T/.test(part)) ? '·' : part,
  );
}
