import { readFileSync } from 'node:fs';
import { BANK_FIXTURE, type BankTable } from '@ebb/datasets';
import { EbbError } from '@ebb/core';
import { CRM_TABLES, type CrmValues } from '../crm/rows.ts';
import type { SimulatorErrorCode } from '../errors.ts';

export interface FixtureRow {
  id: string;
  values: CrmValues;
}

/** Columns of a file that are not data. */
const MARKS = new Set(['invented']);

/** The rows of one table of the fixture: values as text, empty ones null. The files hold no quotes. */
export function readBankTable(table: BankTable): FixtureRow[] {
  const { path } = BANK_FIXTURE.tables[table];
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header.split(',');
  const { id, types } = CRM_TABLES[table];
  const unknown = names.filter((name) => name !== id && !MARKS.has(name) && !Object.hasOwn(types, name));
  if (unknown.length > 0) {
    throw new EbbError<SimulatorErrorCode>('FILE_UNREADABLE', `${path}: unknown columns ${unknown.join(', ')}`);
  }
  return lines.map((line) => {
    const cells = new Map(line.split(',').map((cell, index) => [names[index] ?? '', cell]));
    const values = names
      .filter((name) => name !== id && !MARKS.has(name))
      .map((name) => [name, cells.get(name) || null]);
    return { id: cells.get(id) ?? '', values: Object.fromEntries(values) as CrmValues };
  });
}
