import { describe, expect, it } from 'vitest';
import { readColumn } from './column-kinds.ts';
import { readLabel } from './label.ts';
import { readLabelledTable } from './labelled-table.ts';
import { parseDay, parseNumber, type TextTable } from './text-table.ts';

const thirty = (cell: (row: number) => string): string[] => Array.from({ length: 30 }, (_, row) => cell(row));
const kindOf = (name: string, cells: string[]): string => {
  const read = readColumn(name, cells);
  return 'reason' in read ? read.reason : read.column.kind;
};

describe('readColumn', () => {
  it.each([
    ['tenure', thirty((row) => String(row % 7)), 'numeric'],
    ['balance', thirty((row) => String(row * 17.25)), 'numeric'],
    ['salary, all different', thirty((row) => String(1000 + row * row)), 'numeric'],
    ['since', thirty((row) => `2024-01-${String((row % 28) + 1).padStart(2, '0')}`), 'numeric'],
    ['contract', thirty((row) => ['monthly', 'one year'][row % 2] ?? ''), 'categorical'],
    ['branch_id', thirty((row) => String(row % 4)), 'numeric'],
    ['customerID', thirty((row) => `${row}-VHVEG`), 'looks like an identifier'],
    ['CustomerId', thirty((row) => String(15_600_000 + row * row)), 'looks like an identifier'],
    ['RowNumber', thirty((row) => String(row + 1)), 'looks like an identifier'],
    ['n', thirty((row) => String(100 - row)), 'looks like an identifier'],
    ['comment', thirty((row) => `text ${row % 20}`), 'free text'],
    ['country', thirty(() => 'DE'), 'constant'],
    ['fax', thirty((row) => ['', 'NA', ' ', 'NaN'][row % 4] ?? ''), 'blank'],
    ['reason', thirty((row) => (row < 3 ? 'moved' : '')), 'categorical'],
  ])('%s is %#', (name, cells, kind) => {
    expect(kindOf(name, cells)).toBe(kind);
  });

  it('takes a slip among numbers for a blank, and counts it', () => {
    const read = readColumn(
      'charges',
      thirty((row) => (row === 3 ? 'unknown' : row === 4 ? '' : String(row / 4))),
    );
    if ('reason' in read) throw new Error(read.reason);
    expect(read.unreadable).toBe(1);
    expect([...read.column.values].slice(2, 6)).toEqual([0.5, Number.NaN, Number.NaN, 1.25]);
  });
});

it('numbers and days are read as they are written', () => {
  const texts = ['1e3', '-.5', '+7', '1,234.5', '12%', '1,2', '0x1', 'Infinity', '1 ', '٣'];
  expect(texts.map(parseNumber)).toEqual([1000, -0.5, 7, 1234.5, 12, NaN, NaN, NaN, NaN, NaN]);
  const days = ['1970-01-02', '1970-01-01 12:00', '1970-01-01T12:00:00Z', '1970-13-01', '1970'];
  expect(days.map(parseDay)).toEqual([1, 0.5, 0.5, NaN, NaN]);
});

const column = (...cells: string[]): TextTable => ({ columns: ['Churn'], rows: cells.map((cell) => [cell]) });

describe('readLabel', () => {
  it.each([
    [['No', 'Yes'], 'Yes'],
    [['0', '1'], '1'],
    [['False', 'True'], 'True'],
    [['Existing Customer', 'Attrited Customer'], 'Attrited Customer'],
    [['stayed', 'churned'], 'churned'],
    [['-1', '1'], '1'],
  ])('of %j knows that %s is churn', (values, positive) => {
    const label = readLabel(column(...values), 'Churn');
    expect(label).toMatchObject({ positive, positives: 1 });
    expect([...label.labels]).toEqual(values.map((value) => (value === positive ? 1 : 0)));
  });

  it('takes the word of the caller, against all others', () => {
    expect(readLabel(column('gold', 'left', 'silver', 'left'), 'Churn', 'LEFT')).toMatchObject({
      positive: 'left',
      positives: 2,
    });
    expect(readLabel(column('0.0', '1.0'), 'Churn', '0').positive).toBe('0.0');
  });

  it.each([
    [['a', 'b'], undefined, 'UNKNOWN_POSITIVE', 'which of "a", "b"'],
    [['yes', 'true'], undefined, 'UNKNOWN_POSITIVE', '--positive'],
    [['yes', 'no', 'maybe'], undefined, 'NOT_TWO_CLASSES', '3 values'],
    [['yes', 'no'], 'gone', 'UNKNOWN_POSITIVE', '"gone"'],
    [['yes', 'yes'], undefined, 'ONE_CLASS', 'all 2 rows'],
    [['yes', 'yes'], 'yes', 'ONE_CLASS', 'all 2 rows'],
    [['yes', 'NaN', 'no'], undefined, 'BLANK_LABEL', '"NaN" in row 2'],
    [[], undefined, 'EMPTY_TABLE', 'no rows'],
  ])('refuses %j (%s) with %s', (values, positive, code, message) => {
    expect(() => readLabel(column(...values), 'Churn', positive)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe('readLabelledTable', () => {
  const rows = thirty((row) => String(row)).map((id, row) => [id, 'x', String(row % 5), row % 3 === 0 ? 'Yes' : 'No']);
  const table: TextTable = { columns: ['id', 'same', 'calls', 'Churn'], rows };

  it('says what it left out and names the customers', () => {
    const read = readLabelledTable(table, { label: 'Churn', id: 'id' });
    expect(read.leftOut).toEqual([
      { name: 'id', reason: 'identifier' },
      { name: 'same', reason: 'constant' },
    ]);
    expect(read.features.map(({ name }) => name)).toEqual(['calls']);
    expect(read.customers.slice(0, 2)).toEqual(['0', '1']);
    expect(read.warnings).toEqual([]);
  });

  it('warns of a column that knows the answer', () => {
    const knowing = { columns: [...table.columns, 'final bill'], rows: rows.map((row) => [...row, `${row[3]}!`]) };
    expect(readLabelledTable(knowing, { label: 'Churn' }).warnings).toEqual([
      'column "final bill" alone tells the label: is it known before a customer leaves?',
    ]);
  });

  it.each([
    [{ label: 'Gone' }, 'UNKNOWN_COLUMN'],
    [{ label: 'Churn', id: 'Churn' }, 'BAD_ARGUMENT'],
    [{ label: 'Churn', id: 'calls' }, 'REPEATED_CUSTOMER'],
    [{ label: 'Churn', id: 'same' }, 'ONE_CUSTOMER'],
  ])('refuses %j with %s', (options, code) => {
    expect(() => readLabelledTable(table, options)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses one row, and a table without a feature', () => {
    const one = { ...table, rows: rows.slice(0, 1) };
    expect(() => readLabelledTable(one, { label: 'Churn' })).toThrow(expect.objectContaining({ code: 'ONE_CUSTOMER' }));
    const none = { columns: ['same', 'Churn'], rows: rows.map((row) => row.toSpliced(0, 1).toSpliced(1, 1)) };
    expect(() => readLabelledTable(none, { label: 'Churn' })).toThrow('"same" (constant)');
  });
});
