import { describe, expect, it } from 'vitest';
import { churnParams, withHorizonOf } from './churn-params.ts';

const table = { source: 'telco', table: 'landed.telco', label: 'Churn', id: 'customerID' };

describe('churnParams', () => {
  it('mean a table where one is named, and a build otherwise', () => {
    expect(churnParams(table)).toEqual({ ...table, leave_out: [] });
    expect(churnParams({ source: 'shop' })).toEqual({ source: 'shop', leave_out: [] });
  });

  it.each([
    [{ ...table, table: 'telco' }, 'must be database.table'],
    [{ ...table, table: 'landed.telco` UNION' }, 'must be database.table'],
    [{ ...table, table: 'a.b.c' }, 'must be database.table'],
    [{ ...table, table: 'System.users' }, 'is in a closed database'],
    [{ ...table, table: 'ml.customer_clv_runs' }, 'is in a closed database'],
    [{ ...table, source: 'bank' }, 'is a source of the marts'],
    [{ ...table, horizon_days: 30 }, 'horizon_days'],
    [{ source: 'shop', horizon_days: 5 }, 'horizon_days'],
    [{ source: 'shop', label: 'Churn' }, 'label'],
  ])('%#: are refused: %o', (given, message) => {
    expect(() => churnParams(given)).toThrow(message);
  });

  it('look as far ahead as the published run, unless somebody says how far', () => {
    const published = { horizonDays: 120 };
    const unsaid = churnParams({ source: 'shop' });
    const said = churnParams({ source: 'shop', horizon_days: 30 });
    expect(withHorizonOf(unsaid, published)).toEqual({ ...unsaid, horizon_days: 120 });
    expect(withHorizonOf(said, published)).toEqual(said);
    expect(withHorizonOf(unsaid, null)).toEqual(unsaid);
    expect(withHorizonOf(churnParams(table), published)).toEqual(churnParams(table));
  });
});
