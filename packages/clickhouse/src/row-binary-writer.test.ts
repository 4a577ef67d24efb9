import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowBinaryWriter } from './row-binary-writer.ts';

function written(write: (writer: RowBinaryWriter) => void, initialBytes = 1): Buffer {
  const writer = new RowBinaryWriter(initialBytes);
  write(writer);
  return writer.take();
}

/** A little-endian two's complement number of any width. */
function littleEndian(bytes: Buffer): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`));
}

test('numbers are little-endian and as wide as their type', () => {
  const bytes = written((writer) => {
    writer.uint8(255);
    writer.int8(-1);
    writer.uint16(65_535);
    writer.int16(-2);
    writer.uint32(4_294_967_295);
    writer.int32(-3);
    writer.bool(true);
    writer.null();
    writer.notNull();
  });
  expect(bytes.toString('hex')).toBe('ffff_ffff_feff_ffffffff_fdffffff_010100'.replaceAll('_', ''));
});

test('64 and 128 bits come from numbers, big integers and text alike', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(littleEndian(written((writer) => writer.int64(value)))).toBe(value);
      expect(littleEndian(written((writer) => writer.int64Text(String(value))))).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(littleEndian(written((writer) => writer.int64(value)))).toBe(BigInt(value));
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
      const bytes = written((writer) => writer.uint128(value));
      expect(BigInt.asUintN(128, littleEndian(bytes))).toBe(value);
      const word = (shift: bigint): number => Number((value >> shift) & 0xff_ff_ff_ffn);
      const words = written((writer) => writer.uint128Words(word(96n), word(64n), word(32n), word(0n)));
      expect(words).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), (value) => {
      expect(littleEndian(written((writer) => writer.int128(value)))).toBe(value);
    }),
  );
});

test('a decimal is its digits, whatever its width, sign, notation or trailing zeros', () => {
  const digits = fc.integer({ min: 1, max: 76 }).chain((precision) =>
    fc.record({
      precision: fc.constant(precision),
      scale: fc.integer({ min: 0, max: precision }),
      value: fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }),
      exponent: fc.integer({ min: -10, max: 10 }),
    }),
  );
  fc.assert(
    fc.property(digits, ({ precision, scale, value, exponent }) => {
      const bytes = written((writer) => writer.decimal(plain(value, scale), precision, scale));
      expect(littleEndian(bytes)).toBe(value);
      expect(bytes.length).toBe(precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32);
      const moved = Math.max(0, scale + exponent);
      const scientific = `${plain(value, moved)}E${moved - scale}`;
      expect(written((writer) => writer.decimal(scientific, precision, scale))).toEqual(bytes);
      expect(
        written((writer) => writer.decimal(`${plain(value, scale)}${scale > 0 ? '000' : '.0'}`, precision, scale)),
      ).toEqual(bytes);
    }),
  );
});

function plain(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

test.each([
  ['NaN', 10, 2],
  ['Infinity', 10, 2],
  ['', 10, 2],
  ['-', 10, 2],
  ['.', 10, 2],
  ['1.2.3', 10, 2],
  ['1,5', 10, 2],
  ['0x10', 10, 2],
  ['1e', 10, 2],
  ['1.005', 10, 2],
  ['123456789.00', 10, 2],
  ['1E9', 10, 2],
  ['1E99999', 76, 0],
  ['5E-3', 10, 2],
])('the decimal %j does not fit (%i, %i)', (text, precision, scale) => {
  expect(() => written((writer) => writer.decimal(text, precision, scale))).toThrow(/does not fit/);
});

test('zero in scientific notation is zero', () => {
  expect(littleEndian(written((writer) => writer.decimal('0E-20', 20, 2)))).toBe(0n);
  expect(littleEndian(written((writer) => writer.decimal('-0.00', 20, 2)))).toBe(0n);
  expect(littleEndian(written((writer) => writer.decimal('+.5', 4, 2)))).toBe(50n);
});

test('text carries the length of its bytes, at every length where that needs another byte', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(texts, (text) => {
      expect(readBack(text)).toBe(text);
    }),
    { numRuns: 500 },
  );
  for (const unit of ['a', 'é', '€', '😀']) {
    for (const length of [0, 1, 23, 24, 25, 42, 43, 63, 64, 127, 128, 129, 5461, 5462, 8191, 8192, 16_383, 16_384]) {
      expect(readBack(unit.repeat(length))).toBe(unit.repeat(length));
    }
  }
});

/** The text between two other values, as its length says. */
function readBack(text: string): string {
  const writer = new RowBinaryWriter(8);
  writer.uint8(7);
  writer.string(text);
  writer.uint8(9);
  const { bytes, length } = readVarint(writer.take(), 1);
  expect([...bytes.subarray(length)]).toEqual([9]);
  return bytes.toString('utf8', 0, length);
}

function readVarint(bytes: Buffer, from: number): { length: number; bytes: Buffer } {
  let length = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(at);
    at += 1;
    length |= (byte & 127) << shift;
    if (byte < 128) return { length, bytes: bytes.subarray(at) };
  }
}

test('a UUID is two little-endian halves, from either spelling', () => {
  const expected = '7766554433221100ffeeddccbbaa9988';
  for (const text of ['00112233-4455-6677-8899-aabbccddeeff', '00112233445566778899AABBCCDDEEFF']) {
    expect(written((writer) => writer.uuid(text)).toString('hex')).toBe(expected);
  }
});

test.each<[string, (writer: RowBinaryWriter) => void]>([
  ['UInt8', (writer) => writer.uint8(256)],
  ['UInt8', (writer) => writer.uint8(-1)],
  ['UInt8', (writer) => writer.uint8(Number.NaN)],
  ['Int8', (writer) => writer.int8(128)],
  ['UInt16', (writer) => writer.uint16(1.5)],
  ['Int16', (writer) => writer.int16(-32_769)],
  ['UInt32', (writer) => writer.uint32(2 ** 32)],
  ['Int32', (writer) => writer.int32(2 ** 31)],
  ['Int64', (writer) => writer.int64(2 ** 53)],
  ['Int64', (writer) => writer.int64(2n ** 63n)],
  ['Int64', (writer) => writer.int64Text('9223372036854775808')],
  ['Int64', (writer) => writer.int64Text('1e3')],
  ['UInt64', (writer) => writer.uint64(-1)],
  ['UInt64', (writer) => writer.uint64(2n ** 64n)],
  ['UInt128', (writer) => writer.uint128(2n ** 128n)],
  ['Int128', (writer) => writer.int128(2n ** 127n)],
  ['Date', (writer) => writer.date(65_536)],
  ['Date32', (writer) => writer.date32(120_530)],
  ['Date32', (writer) => writer.date32(Number.NEGATIVE_INFINITY)],
  ['DateTime64', (writer) => writer.dateTime64Us(Date.UTC(2300, 0, 1) * 1000)],
  ['DateTime64', (writer) => writer.dateTime64Us(BigInt(Date.UTC(1899, 11, 31)) * 1000n)],
  ['DateTime64', (writer) => writer.dateTime64Ms(Number.NaN)],
  ['UUID', (writer) => writer.uuid('00112233-4455-6677-8899-aabbccddeef')],
  ['UUID', (writer) => writer.uuid('00112233-4455-6677-8899-aabbccddeeffa')],
  ['UUID', (writer) => writer.uuid('00112233-4455-6677-8899-aabbccddeefg')],
])('%s refuses what it cannot hold', (type, write) => {
  expect(() => written(write)).toThrow(new RegExp(`does not fit ${type}`));
});

test('the last microseconds of 2299 and the first of 1900 fit', () => {
  const last = BigInt(Date.UTC(2300, 0, 1)) * 1000n - 1n;
  expect(littleEndian(written((writer) => writer.dateTime64Us(last)))).toBe(last);
  const first = Date.UTC(1900, 0, 1);
  expect(littleEndian(written((writer) => writer.dateTime64Ms(first)))).toBe(BigInt(first));
});

test('a half-written row is removed, also when the buffer grew within it', () => {
  const writer = new RowBinaryWriter(4);
  writer.uint8(1);
  expect([...writer.take()]).toEqual([1]);
  writer.uint8(2);
  const mark = writer.mark();
  writer.string('x'.repeat(100));
  expect(() => writer.uint8(300)).toThrow('300');
  writer.truncate(mark);
  writer.uint8(3);
  expect(writer.byteLength).toBe(2);
  expect([...writer.take()]).toEqual([2, 3]);
});

test('what was taken is not overwritten', () => {
  const writer = new RowBinaryWriter(4);
  const taken: Buffer[] = [];
  for (let index = 0; index < 100; index += 1) {
    writer.uint16(index);
    taken.push(writer.take());
  }
  expect(taken.map((bytes) => bytes.readUInt16LE())).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test('a slice of bytes is the string of those bytes, short or long; encoded values are copied as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (source, a, b) => {
      const [start = 0, end = 0] = [a, b].map((at) => Math.min(at, source.length)).toSorted((x, y) => x - y);
      const expected = written((writer) => writer.bytes(source.subarray(start, end)));
      expect(written((writer) => writer.slice(source, start, end))).toEqual(expected);
      const padded = new DataView(Uint8Array.from([...source, 1, 2, 3]).buffer);
      expect(written((writer) => writer.paddedSlice(padded, start, end))).toEqual(expected);
      expect(written((writer) => writer.encoded(expected))).toEqual(expected);
    }),
  );
});
