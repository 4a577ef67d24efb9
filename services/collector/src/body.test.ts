import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyEncoding, bodyFormat, parseBody, UnreadableLine } from './body-parser.ts';
import { readBody } from './body-reader.ts';
import { InFlightBudget } from './in-flight-budget.ts';

const limits = { maxBytes: 100_000, maxRatio: 100 };

function chunked(body: Buffer, size: number): Readable {
  const chunks = [];
  for (let at = 0; at < body.length; at += size) chunks.push(body.subarray(at, at + size));
  return Readable.from(chunks);
}

const nothing = (): void => {};

describe('reading a body', () => {
  test('gives back what was sent, however it was cut and compressed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.integer({ min: 1, max: 700 }),
        fc.boolean(),
        async (bytes, size, zip) => {
          const body = Buffer.from(bytes);
          const source = chunked(zip ? gzipSync(body) : body, size);
          expect(await readBody(source, zip ? 'gzip' : 'identity', limits, nothing)).toEqual(body);
        },
      ),
      { numRuns: 60, seed: 20_261_121 },
    );
  });

  test('keeps no more than the limit of a bomb, and tells by name', async () => {
    let kept = 0;
    const bomb = chunked(gzipSync(Buffer.alloc(40_000_000)), 1_000);
    const reading = readBody(bomb, 'gzip', limits, (bytes) => (kept += bytes));
    await expect(reading).rejects.toMatchObject({ code: 'compression_ratio', status: 413 });
    expect(kept).toBeLessThanOrEqual(limits.maxBytes);
  });

  test('refuses too many bytes, sent or inflated', async () => {
    const noise = Buffer.from(Array.from({ length: 150_000 }, (_, n) => (n * 7_919) % 251));
    await expect(readBody(chunked(noise, 9_000), 'identity', limits, nothing)).rejects.toMatchObject({
      code: 'body_too_large',
    });
    const wide = { maxBytes: 100_000, maxRatio: 100_000 };
    await expect(readBody(chunked(gzipSync(noise), 9_000), 'gzip', wide, nothing)).rejects.toMatchObject({
      code: 'body_too_large',
    });
  });

  test.each([
    ['cut off', gzipSync(Buffer.from('{"a":1}')).subarray(0, 15)],
    ['no gzip at all', Buffer.from('{"a":1}')],
    ['damaged', Buffer.concat([gzipSync(Buffer.from('{"a":1}')).subarray(0, 12), Buffer.alloc(20, 0xff)])],
  ])('a gzip body that is %s is refused', async (_name, body) => {
    await expect(readBody(Readable.from([body]), 'gzip', limits, nothing)).rejects.toMatchObject({
      code: 'invalid_encoding',
    });
  });

  test('a sender that goes away in the middle is an error, not a short body', async () => {
    const source = new Readable({ read: nothing });
    const reading = readBody(source, 'identity', limits, nothing);
    source.push('{"a":');
    source.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('stops when the memory of all requests together is used up, and gives it back', async () => {
    const budget = new InFlightBudget({ maxRequests: 2, maxBytes: 1_000 });
    const first = budget.admit();
    first.add(800);
    const second = budget.admit();
    expect(() => budget.admit()).toThrow(expect.objectContaining({ code: 'overloaded', status: 503 }));
    const reading = readBody(chunked(Buffer.alloc(300), 100), 'identity', limits, (bytes) => second.add(bytes));
    await expect(reading).rejects.toMatchObject({ code: 'overloaded' });
    first.release();
    first.release();
    second.release();
    expect([budget.requests, budget.bytes]).toEqual([0, 0]);
  });
});

describe('the kind of a body', () => {
  test.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=UTF-8', 'json'],
    ['text/plain;charset="utf-8"', 'json'],
    ['application/x-ndjson', 'ndjson'],
  ])('%s is %s', (type, format) => {
    expect(bodyFormat(type)).toBe(format);
  });

  test.each([
    [undefined],
    [''],
    ['application/xml'],
    ['application/json; charset=latin1'],
    ['constructor'],
    ['multipart/form-data'],
  ])('%s is refused', (type) => {
    expect(() => bodyFormat(type)).toThrow(expect.objectContaining({ status: 415 }));
  });

  test('encodings', () => {
    expect([bodyEncoding(undefined), bodyEncoding('GZIP'), bodyEncoding('identity')]).toEqual([
      'identity',
      'gzip',
      'identity',
    ]);
    expect(() => bodyEncoding('gzip, gzip')).toThrow(expect.objectContaining({ status: 415 }));
  });
});

describe('the events in a body', () => {
  const parse = (text: string, format: 'json' | 'ndjson' = 'json'): unknown[] =>
    parseBody(Buffer.from(text), format, 5);

  test('one, many, none', () => {
    expect(parse('{"a":1}')).toEqual([{ a: 1 }]);
    expect(parse('[{"a":1},2]')).toEqual([{ a: 1 }, 2]);
    expect(parse('\uFEFF[]')).toEqual([]);
  });

  test('lines, with blank ones, carriage returns and no last newline', () => {
    expect(parse('{"a":1}\r\n\n  {"a":2}', 'ndjson')).toEqual([{ a: 1 }, { a: 2 }]);
    const [good, bad] = parse('{"a":1}\nnonsense', 'ndjson');
    expect([good, bad instanceof UnreadableLine && bad.text]).toEqual([{ a: 1 }, 'nonsense']);
  });

  test.each([
    ['42', 'invalid_body'],
    ['null', 'invalid_body'],
    ['"text"', 'invalid_body'],
    ['  ', 'invalid_body'],
    ['{"a":NaN}', 'invalid_json'],
    ['{"a":1', 'invalid_json'],
    ['[1,2,3,4,5,6]', 'too_many_events'],
  ])('%s is refused: %s', (text, code) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  test('the refusal does not quote the body', () => {
    expect(() => parse('{"card":"4111 1111"!}')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('4111') as string }),
    );
  });

  test('bytes that are no UTF-8 are refused', () => {
    expect(() => parseBody(Buffer.from([0x22, 0xff, 0x22]), 'json', 5)).toThrow(
      expect.objectContaining({ code: 'invalid_utf8' }),
    );
  });
});
