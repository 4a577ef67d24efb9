import { expect, test } from 'vitest';
import type { Layer } from '../../api-types.ts';
import { bronzeGap, layerRows } from './layers.ts';

const layer = (name: Layer['layer'], records: number, bad: number): Layer => ({
  layer: name,
  records,
  defects: { bad_quantities: bad },
});

test('bronze is the sum of the others, row by row, or says by how much it is not', () => {
  const whole = [layer('bronze', 10, 3), layer('silver', 7, 0), layer('returns', 2, 2), layer('quarantine', 1, 1)];
  expect(layerRows(whole).map(({ what }) => what)).toEqual(['all lines', 'bad_quantities']);
  expect(layerRows(whole).map(bronzeGap)).toEqual([0, 0]);
  const lost = [layer('bronze', 10, 3), layer('silver', 7, 0), layer('returns', 1, 2), layer('quarantine', 1, 1)];
  expect(layerRows(lost).map(bronzeGap)).toEqual([1, 0]);
});
