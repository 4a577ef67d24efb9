import { isUtf8 } from 'node:buffer';
import { errorMessage } from '@ebb/core';
import type { BodyEncoding } from './body-reader.ts';
import { Refusal } from './errors.ts';

export type BodyFormat = 'json' | 'ndjson';

/** A line of NDJSON that is not JSON: it is rejected by itself, its neighbours are taken. */
export class UnreadableLine {
  readonly text: string;
  readonly reason: string;

  constructor(text: string, reason: string) {
    this.text = text;
    this.reason = reason;
  }
}

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  // Browsers send beacons as text/plain, which needs no preflight.
  'text/plain': 'json',
  'application/x-ndjson': 'ndjson',
};

/** The body's format by its Content-Type; refuses every other type and every charset but UTF-8. */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const format = Object.hasOwn(FORMATS, type.trim()) ? FORMATS[type.trim()] : undefined;
  if (format === undefined) {
    throw new Refusal('unsupported_media_type', `Content-Type must be one of ${Object.keys(FORMATS).join(', ')}`);
  }
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new Refusal('unsupported_media_type', 'the only charset is utf-8');
  }
  return format;
}

export function bodyEncoding(contentEncoding: string | undefined): BodyEncoding {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  throw new Refusal('unsupported_media_type', 'Content-Encoding must be gzip or absent');
}

/**
 * The events of a body, not yet validated: one JSON event, an array of them, or a line each (an unreadable line
 * becomes an UnreadableLine). Refuses what cannot be read at all and more than `maxEvents`.
 */
export function parseBody(body: Buffer, format: BodyFormat, maxEvents: number): unknown[] {
  if (!isUtf8(body)) throw new Refusal('invalid_utf8', 'the body is not valid UTF-8');
  const text = stripByteOrderMark(body.toString('utf8'));
  const values = format === 'json' ? parseJson(text) : parseLines(text, maxEvents);
  if (values.length > maxEvents) throw tooMany(maxEvents);
  return values;
}

function stripByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parseJson(text: string): unknown[] {
  if (text.trim() === '') throw new Refusal('invalid_body', 'the body is empty');
  const value = readJson(text);
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return [value];
  throw new Refusal('invalid_body', 'the body must be one event (a JSON object) or an array of events');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal('invalid_json', `the body is not JSON: ${shortReason(error)}`);
  }
}

function parseLines(text: string, maxEvents: number): unknown[] {
  const values: unknown[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === '') continue;
    if (values.length >= maxEvents) throw tooMany(maxEvents);
    values.push(readLine(line));
  }
  if (values.length === 0) throw new Refusal('invalid_body', 'the body holds no event');
  return values;
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    return new UnreadableLine(line, shortReason(error));
  }
}

/** The parser's words without the quoted piece of the body, which is the sender's data. */
function shortReason(error: unknown): string {
  return errorMessage(error)
    .replaceAll(/,? ?\.{0,3}"[\s\S]*"\.{0,3} is not valid JSON/g, '')
    .slice(0, 120);
}

function tooMany(maxEvents: number): Refusal {
  return new Refusal('too_many_events', `more than ${maxEvents} events in one request; send smaller batches`);
}
