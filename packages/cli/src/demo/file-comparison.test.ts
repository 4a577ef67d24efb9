import { describe, expect, it } from 'vitest';
import { differingDays } from './file-comparison.ts';

const day = (name: string, gross = '10.00'): Parameters<typeof differingDays>[0][number] => ({
  day: name,
  total_orders: 1,
  gross_amount: gross,
  credit_amount: '0',
  adjustment_amount: '0.0000',
  net_amount: gross,
});

describe('differingDays', () => {
  it('compares amounts by value', () => {
    expect(differingDays([day('2026-01-01', '10.5')], [day('2026-01-01', '10.5000')])).toEqual([]);
  });

  it('names days that differ or stand on one side only', () => {
    const file = [day('2026-01-01'), day('2026-01-02'), day('2026-01-03')];
    const live = [day('2026-01-02', '10.0001'), day('2026-01-03'), day('2026-01-04')];
    expect(differingDays(file, live)).toEqual(['2026-01-01', '2026-01-02', '2026-01-04']);
  });
});
