import { expect, test } from 'vitest';
import { stepRows } from './trace-rows.ts';

test('each step says what it took since the last one with a time', () => {
  const rows = stepRows([
    { hop: 'event', at: '2026-03-14T10:00:00.000Z', detail: '' },
    { hop: 'kafka', at: '2026-03-14T10:00:00.040Z', detail: '' },
    { hop: 'postgres', at: null, detail: 'no row' },
    { hop: 'clickhouse', at: '2026-03-14T10:00:02.040Z', detail: '' },
    { hop: 'publication', at: '2026-03-14T10:00:01.000Z', detail: '' },
  ]);
  expect(rows.map(({ place, after }) => [place, after])).toEqual([
    [0, ''],
    [1, '+40 ms'],
    [2, ''],
    [3, '+2.0 s'],
    [4, ''],
  ]);
});
