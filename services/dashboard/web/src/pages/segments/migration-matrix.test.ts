import { expect, test } from 'vitest';
import { migrationMatrix } from './migration-matrix.ts';

test('rows are where customers were, columns where they are, newcomers and leavers last', () => {
  const matrix = migrationMatrix([
    { from: null, to: 'REWARD', customers: 3 },
    { from: 'REWARD', to: 'REWARD', customers: 7 },
    { from: 'REWARD', to: 'NURTURE', customers: 2 },
    { from: 'NURTURE', to: null, customers: 1 },
    { from: '', to: '', customers: 4 },
  ]);
  expect(matrix).toEqual({
    columns: ['NURTURE', 'REWARD', 'in no cluster', 'gone'],
    rows: [
      { from: 'NURTURE', customers: [0, 0, 0, 1], total: 1 },
      { from: 'REWARD', customers: [2, 7, 0, 0], total: 9 },
      { from: 'in no cluster', customers: [0, 0, 4, 0], total: 4 },
      { from: 'new', customers: [0, 3, 0, 0], total: 3 },
    ],
    ofBoth: 13,
    stayed: 11,
  });
});

test('without anybody there is nothing', () => {
  expect(migrationMatrix([])).toEqual({ columns: [], rows: [], ofBoth: 0, stayed: 0 });
});
