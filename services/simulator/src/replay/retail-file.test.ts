import { fileURLToPath } from 'node:url';
import { acceptPurchaseMessage, DEFAULT_POLICY, HEADERS, parseDeadLetter, PolicyBook } from '@ebb/contracts';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { formatMoney } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { recountFiles } from './recount.ts';
import { badLineMessage, documentMessage } from './replay-messages.ts';
import { retailEvent } from './retail-event.ts';
import { readRetailFile } from './retail-file.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const plain = { source: 'retail', shiftDays: 0 };

describe('a file with times of day', () => {
  test('gives each invoice as one document of its kind, at its earliest line', async () => {
    const { documents } = await readRetailFile(fixture('year-2-layout.csv'));
    const rows = documents.map((d) => [d.invoice, d.kind, formatMoney(d.total), new Date(d.timeMs).toISOString()]);
    expect(rows).toEqual([
      ['700001', 'order', '22.09', '2011-03-01T08:25:00.000Z'],
      ['700002', 'order', '5.55', '2011-03-01T08:28:00.000Z'],
      ['C700003', 'credit_note', '-3.395', '2011-03-02T09:00:00.000Z'],
      ['C700004', 'credit_note', '27.50', '2011-03-02T09:05:00.000Z'],
      ['A700005', 'adjustment', '-11062.06', '2011-03-02T14:50:00.000Z'],
      ['700006', 'adjustment', '0.00', '2011-03-02T15:00:00.000Z'],
      ['700007', 'adjustment', '0.00', '2011-03-02T15:10:00.000Z'],
      ['700008', 'order', '18.00', '2011-03-03T10:00:00.000Z'],
    ]);
  });

  test('carries normalised customers, guests as null, and trimmed texts', async () => {
    const { documents } = await readRetailFile(fixture('year-2-layout.csv'));
    expect(documents.map((d) => d.customerId).slice(0, 2)).toEqual(['17850', null]);
    expect(documents[1]?.lines[0]?.description).toBe('HAND WARMER, RED "DOT"');
  });

  test('agrees with the recount', async () => {
    const { totals, bad_lines } = await recountFiles([fixture('year-2-layout.csv')]);
    expect({ ...totals, bad_lines }).toEqual({
      total_orders: 3,
      gross_amount: '45.6400',
      credit_notes: 2,
      credit_amount: '24.1050',
      adjustments: 3,
      adjustment_amount: '-11062.0600',
      net_amount: '69.7450',
      bad_lines: 0,
    });
  });
});

test('columns are found by name: the daily layout', async () => {
  const { documents } = await readRetailFile(fixture('daily-layout.csv'));
  const rows = documents.map((d) => [d.invoice, formatMoney(d.total), d.country, d.customerId]);
  expect(rows).toEqual([
    ['800001', '59.50', 'United Kingdom', '13085'],
    ['800002', '30.00', 'Germany', '13086'],
  ]);
});

describe('a damaged file', () => {
  test('reports each bad line with its number and reason and reads the others', async () => {
    const file = await readRetailFile(fixture('damaged.csv'));
    expect(file.badLines.map((line) => [line.lineNumber, line.code])).toEqual([
      [3, 'not_csv'],
      [5, 'wrong_column_count'],
      [6, 'bad_quantity'],
      [7, 'bad_price'],
      [8, 'bad_invoice_date'],
      [9, 'missing_invoice'],
      [10, 'missing_stock_code'],
    ]);
    expect(file.documents.map((d) => [d.invoice, formatMoney(d.total)])).toEqual([
      ['900001', '3.00'],
      ['900002', '0.50'],
    ]);
  });

  test('counts the same lines as bad in the recount', async () => {
    const recount = await recountFiles([fixture('damaged.csv')]);
    expect([recount.bad_lines, recount.totals.gross_amount]).toEqual([7, '3.5000']);
  });

  test('its dead letters are valid, name file and line, and keep their id', async () => {
    const file = await readRetailFile(fixture('damaged.csv'));
    const [first, again] = [1_000, 2_000].map((nowMs) =>
      file.badLines.map((line) =>
        parseDeadLetter(Buffer.from(badLineMessage(file, line, 'retail', nowMs).value ?? '')),
      ),
    );
    expect(first?.every((letter) => letter.ok)).toBe(true);
    const ids = (letters: typeof first): unknown => letters?.map((letter) => letter.ok && letter.value.id);
    expect(ids(first)).toEqual(ids(again));
    const letter = first?.[2];
    expect(letter?.ok && [letter.value.code, letter.value.message]).toEqual([
      'bad_quantity',
      expect.stringMatching(/damaged\.csv, line 6: "many"/),
    ]);
  });

  test('a file without a header is refused', async () => {
    await expect(readRetailFile(fileURLToPath(import.meta.url))).rejects.toThrow(/columns missing: Invoice/);
    await expect(readRetailFile('/nowhere.csv')).rejects.toThrow(/FILE|nowhere/);
  });
});

describe('events', () => {
  test('keep their id whatever the layout, and take a new one when the day is shifted', async () => {
    const [document] = (await readRetailFile(fixture('year-2-layout.csv'))).documents;
    if (document === undefined) throw new Error('the fixture has documents');
    const idOf = (shiftDays: number, timeMs: number): unknown =>
      (JSON.parse(retailEvent({ ...document, timeMs }, { ...plain, shiftDays })) as { event_id: string }).event_id;
    const midnight = Date.UTC(2011, 2, 1);
    expect(idOf(0, document.timeMs)).toBe(idOf(0, midnight));
    expect(idOf(1, midnight)).not.toBe(idOf(0, midnight));
    expect(idOf(1, midnight)).toBe(idOf(0, midnight + 86_400_000));
  });

  test('of every document of year 1 are accepted by the contract as history', async () => {
    const { documents } = await readRetailFile(ONLINE_RETAIL_YEAR_1.path);
    const book = new PolicyBook([DEFAULT_POLICY]);
    const rejections: unknown[] = [];
    let total = 0n;
    for (const document of documents) {
      const message = documentMessage(document, plain);
      const outcome = acceptPurchaseMessage(
        { value: Buffer.from(message.value ?? ''), timestampMs: Date.now(), headers: message.headers ?? {} },
        book,
      );
      if (outcome.kind === 'dead') rejections.push(outcome.rejection);
      else total += outcome.event.totalAmount;
      if (message.headers?.[HEADERS.replay] !== '1') rejections.push('no replay header');
    }
    expect(rejections).toEqual([]);
    expect(formatMoney(total)).toBe('9539484.634');
  }, 30_000);
});
