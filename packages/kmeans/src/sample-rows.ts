import type { SeededRandom } from '@ebb/core';

/** So many of the rows 0 to n − 1, each at most once, in ascending order (Fisher and Yates); all where there are no more. */
export function drawRows(rows: number, count: number, random: SeededRandom): Uint32Array {
  const places = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) places[row] = row;
  if (count >= rows) return places;
  for (let place = 0; place < count; place += 1) {
    const other = place + random.int(rows - place);
    const drawn = places[other] as number;
    places[other] = places[place] as number;
    places[place] = drawn;
  }
  return places.subarray(0, count).toSorted();
}
