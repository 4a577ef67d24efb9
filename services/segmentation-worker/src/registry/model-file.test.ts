import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decodeModel, encodeModel, modelFileKey } from './model-file.ts';

const KEY = modelFileKey('rfm_segments', 'retail_files', 'one');
const schema = z.strictObject({ centroids: z.array(z.number()) });
const model = { centroids: [0.1, -1 / 3, 5e-324, 1.7976931348623157e308] };

test('a model is read back to the last bit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
      (centroids) => {
        const positive = centroids.map((value) => (Object.is(value, -0) ? 0 : value));
        expect(decodeModel(encodeModel({ centroids: positive }).content, schema, KEY)).toEqual({ centroids: positive });
      },
    ),
  );
});

test('a file that is cut short anywhere, but for its last line end, is refused with its name', () => {
  const { content } = encodeModel(model);
  for (let bytes = 0; bytes < content.length - 1; bytes += 1) {
    expect(() => decodeModel(content.subarray(0, bytes), schema, KEY)).toThrow(/models\/rfm_segments.*cut short/);
  }
});

test('a changed digit is refused', () => {
  const { content } = encodeModel(model);
  const changed = Buffer.from(content.toString('utf8').replace('0.1', '0.2'));
  expect(() => decodeModel(changed, schema, KEY)).toThrow(/checksum/);
});

test('another kind of model is refused', () => {
  expect(() => decodeModel(encodeModel({ weights: [1] }).content, schema, KEY)).toThrow(/another kind of model/);
  expect(() => decodeModel(Buffer.from('{"a": 1}'), schema, KEY)).toThrow(/no model file of this version/);
});
