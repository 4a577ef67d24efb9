import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outlierClasses } from './outliers.ts';
import { SCHEME_C_RECOMMENDATIONS } from './recommendations.ts';
import { rfmPoint, rfmStatistics, type RfmStatistics } from './rfm-statistics.ts';
import { rfmTable } from './rfm-table.ts';
import { SCHEME_C_NAMES, schemeC } from './scheme-c.ts';

/** The models that own these rules in the pipeline. */
const model = (name: string): string =>
  readFileSync(new URL(`../../../dbt/models/marts/retail/${name}`, import.meta.url), 'utf8');

/** The columns that a model's SQL makes, as expressions of JavaScript: what is used of SQL there is nearly that already. */
function columnsOf(sql: string): Map<string, string> {
  const select = sql.slice(sql.indexOf('select') + 'select'.length, sql.lastIndexOf('\nfrom '));
  const columns = new Map<string, string>();
  let [depth, start] = [0, 0];
  for (let at = 0; at <= select.length; at += 1) {
    if (select[at] === '(') depth += 1;
    if (select[at] === ')') depth -= 1;
    if (at < select.length && (select[at] !== ',' || depth > 0)) continue;
    const [, expression = '', name = ''] = /^(.*)\sas\s(\w+)\s*$/s.exec(select.slice(start, at)) ?? [];
    columns.set(name, javaScript(expression));
    start = at + 1;
  }
  return columns;
}

function javaScript(sql: string): string {
  return sql
    .replaceAll(/\bif\(/g, 'iff(')
    .replaceAll(/\band\b/g, '&&')
    .replaceAll(/\bor\b/g, '||')
    .trim();
}

const same = <T>(value: T): T => value;
const FUNCTIONS = {
  assumeNotNull: same,
  toLowCardinality: same,
  toInt8: same,
  iff: (condition: boolean, yes: unknown, no: unknown) => (condition ? yes : no),
  multiIf: (...parts: unknown[]): unknown => {
    for (let at = 0; at + 1 < parts.length; at += 2) if (parts[at] === true) return parts[at + 1];
    return parts.at(-1);
  },
  concat: (...parts: string[]) => parts.join(''),
};

const COLUMNS = ['value_tier', 'engagement', 'segment', 'is_monetary_outlier', 'is_frequency_outlier', 'outlier_class'];

/** What the SQL makes of a customer; columns may use those before them. */
function bySql(columns: Map<string, string>, row: object): Record<string, unknown> {
  const context: Record<string, unknown> = { ...FUNCTIONS, ...row };
  for (const name of COLUMNS) context[name] = runInNewContext(columns.get(name) ?? 'missing()', context);
  return context;
}

function statisticsRow({ medians, frequencyFences, monetaryFences }: RfmStatistics): Record<string, number> {
  return {
    median_recency: Number(medians.recency),
    median_frequency: Number(medians.frequency),
    median_monetary: Number(medians.monetary),
    frequency_low_fence: Number(frequencyFences.low),
    frequency_high_fence: Number(frequencyFences.high),
    monetary_low_fence: Number(monetaryFences.low),
    monetary_high_fence: Number(monetaryFences.high),
  };
}

describe('the rules of the warehouse', () => {
  it('put every customer into the same segment and class of outliers', () => {
    const columns = columnsOf(model('customer_segments.sql'));
    const seen = new Set<unknown>();
    const customer = fc.record({
      // Few different values, so that many are exactly on a median or a fence.
      recencyDays: fc.integer({ min: 0, max: 9 }),
      frequency: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 })),
      monetary: fc.oneof(fc.constantFrom(0n, 10_000n, 20_000n, 30_000n), fc.bigInt({ min: -20_000n, max: 900_000n })),
    });
    fc.assert(
      fc.property(fc.array(customer, { minLength: 1, maxLength: 12 }), (rows) => {
        const table = rfmTable(rows.map((row, index) => ({ ...row, customer: `c${index + 100}` })));
        const statistics = rfmStatistics(table);
        const classes = outlierClasses(table, statistics);
        for (const index of table.customers.keys()) {
          const point = rfmPoint(table, index);
          const gold = {
            Recency: Number(point.recency),
            Frequency: Number(point.frequency),
            Monetary: Number(point.monetary),
          };
          const sql = bySql(columns, { gold, statistics: statisticsRow(statistics) });
          expect(sql.segment).toBe(schemeC(point, statistics.medians));
          expect(sql.outlier_class).toBe(classes[index]);
          seen.add(sql.segment).add(sql.outlier_class);
        }
      }),
      { numRuns: 300, seed: 5 },
    );
    // Twelve segments, three classes and the rest: nothing was left untried.
    expect(seen.size).toBe(16);
  });

  it('take quartiles as the unit test of the warehouse has them', () => {
    const text = readFileSync(
      new URL('../../../dbt/models/marts/retail/unit_tests_retail.yml', import.meta.url),
      'utf8',
    );
    const section = text.slice(text.indexOf('retail_medians_are_of_type_7_and_fences_too'));
    const given = [...section.slice(0, section.indexOf('expect:')).matchAll(/\((\d+), (\d+), '([\d.]+)'\)/g)];
    const expected = Object.fromEntries(
      [...section.slice(section.indexOf('expect:')).matchAll(/^ {10,}(?:- )?(\w+): '(-?[\d.]+)'$/gm)]
        .slice(0, 8)
        .map(([, name, value]) => [name, Math.round(Number(value) * 10_000)]),
    );
    expect(given).toHaveLength(4);
    const rows = given.map(([, recency, frequency, monetary], index) => ({
      customer: String(index),
      recencyDays: Number(recency),
      frequency: Number(frequency),
      monetary: BigInt(Math.round(Number(monetary) * 10_000)),
    }));
    const found = statisticsRow(rfmStatistics(rfmTable(rows)));
    const shared = Object.keys(found).filter((name) => name in expected);
    expect(shared).toHaveLength(6);
    for (const name of shared) expect([name, found[name]]).toEqual([name, expected[name]]);
  });

  it('recommend the same to each of the twelve segments', () => {
    const rows = [...model('segment_recommendations.sql').matchAll(/\('(\w+)', '([^']+)', '([^']+)'\),/g)];
    const texts = rows.map(([, tier, engagement, text]) => [`${tier} Value - ${engagement}`, text]);
    expect(Object.fromEntries(texts)).toEqual(SCHEME_C_RECOMMENDATIONS);
    expect(new Set(texts.map(([segment]) => segment))).toEqual(new Set(SCHEME_C_NAMES));
  });
});
