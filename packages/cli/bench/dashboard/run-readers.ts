import { SeededRandom, sleep } from '@ebb/core';
import { type Choices, type Page, type Question, visitOf } from './visits.ts';

export interface ReadersOptions {
  /** Of the dashboard. */
  readonly url: string;
  readonly pages: readonly Page[];
  readonly choices: Choices;
  readonly readers: number;
  readonly seed: string;
}

export interface Reading {
  /** Path of the endpoint. */
  readonly endpoint: string;
  /** Until the whole answer was there; of a stream until its first figures. */
  readonly ms: number;
  /** 0 where there was no answer. */
  readonly status: number;
}

/** How long a reader looks at a page before the next one, ms. */
const LOOK_MS = { min: 1_000, max: 3_000 };

/**
 * Readers who open one page after the other, each asking what the page asks at once, over connections that stay open.
 * What is asked follows from the seed; `onReading` gets every answer.
 */
export async function runReaders(
  options: ReadersOptions,
  signal: AbortSignal,
  onReading: (reading: Reading) => void,
): Promise<void> {
  const random = new SeededRandom(options.seed);
  const readers = Array.from({ length: options.readers }, (_, number) => random.fork(`reader ${number}`));
  await Promise.all(readers.map((one) => read(options, one, signal, onReading)));
}

async function read(
  { url, pages, choices }: ReadersOptions,
  random: SeededRandom,
  signal: AbortSignal,
  onReading: (reading: Reading) => void,
): Promise<void> {
  const look = (): Promise<void> => sleep(LOOK_MS.min + random.float() * (LOOK_MS.max - LOOK_MS.min), signal);
  // They do not all come at once.
  await sleep(random.float() * LOOK_MS.max, signal);
  while (!signal.aborted) {
    const leave = new AbortController();
    const left = AbortSignal.any([signal, leave.signal]);
    await Promise.all(
      visitOf(random.pick(pages), choices, random).map(async (question) => {
        const reading = await ask(url, question, left);
        if (!left.aborted) onReading(reading);
      }),
    );
    await look();
    // Closes the streams of the page.
    leave.abort();
  }
}

async function ask(url: string, { endpoint, target }: Question, signal: AbortSignal): Promise<Reading> {
  const startMs = performance.now();
  const done = (status: number): Reading => ({ endpoint: endpoint.path, ms: performance.now() - startMs, status });
  try {
    const response = await fetch(url + target, { signal });
    if (endpoint.contentType !== 'text/event-stream' || !response.ok) {
      await response.arrayBuffer();
      return done(response.status);
    }
    await untilFirstFigures(response);
    return done(response.status);
  } catch {
    return done(0);
  }
}

/** The rest of the stream is read as it comes, until the reader leaves. */
async function untilFirstFigures(response: Response): Promise<void> {
  const text = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('event: snapshot')) {
    const { done, value } = await text.read();
    if (done) throw new Error('the stream ended without figures');
    seen += value;
  }
  void readOn(text);
}

async function readOn(text: ReadableStreamDefaultReader<string>): Promise<void> {
  try {
    while (!(await text.read()).done);
  } catch {
    // The reader left.
  }
}
