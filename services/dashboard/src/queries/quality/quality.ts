import type { DayCounts, Layer, Quality, RuleResult } from '../../api/quality-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetrics, readMetricsBy } from '../../warehouse/metric-reader.ts';
import { toCount } from '../rows.ts';

const METRICS = [
  'retail_records',
  'retail_quality_score',
  'retail_unread_records',
  'retail_null_customers',
  'retail_bad_quantities',
];
const DEFECTS = [
  'null_invoices',
  'bad_invoice_numbers',
  'null_stock_codes',
  'bad_quantities',
  'bad_prices',
  'bad_invoice_dates',
  'null_customer_ids',
  'duplicate_keys',
];
const LAYERS = ['bronze', 'silver', 'returns', 'quarantine'] as const;

/** How good the retailer's files are: as they landed, by rule, and layer against layer. */
export async function readQuality(edition: Edition): Promise<Omit<Quality, keyof ReportHead>> {
  const [all, byDay, rules, layers, dayCounts] = await Promise.all([
    readMetrics(edition, METRICS),
    readMetricsBy(edition, METRICS, { by: 'processing_date' }),
    readRules(edition),
    readLayers(edition),
    readDayCounts(edition),
  ]);
  return { all, days: [...byDay].map(([day, values]) => ({ day, values })), rules, layers, dayCounts };
}

async function readRules(edition: Edition): Promise<RuleResult[]> {
  const rows = await edition.query<Record<keyof RuleResult, string>>(
    `SELECT toString(r.rule) AS rule, toString(r.layer) AS layer, r.meaning AS meaning,
       toString(r.on_failure) AS onFailure, toString(r.checked) AS checked, toString(r.broken) AS broken
     FROM ${edition.mart('retail_rule_results')} AS r
     ORDER BY indexOf(['file', 'bronze', 'silver', 'gold', 'customer'], layer), r.broken DESC, rule`,
  );
  return rows.map((row) => ({ ...row, checked: toCount(row.checked), broken: toCount(row.broken) }));
}

async function readLayers(edition: Edition): Promise<Layer[]> {
  const sums = DEFECTS.map((name) => `toString(sum(c.${name})) AS sum_of_${name}`).join(', ');
  const rows = await edition.query<Record<string, string>>(
    `SELECT toString(c.layer) AS in_layer, toString(sum(c.total_records)) AS records, ${sums}
     FROM ${edition.mart('bronze_silver_dq_comparison')} AS c GROUP BY in_layer`,
  );
  return LAYERS.map((layer) => {
    const row = rows.find((one) => one['in_layer'] === layer);
    const defects = Object.fromEntries(DEFECTS.map((name) => [name, toCount(row?.[`sum_of_${name}`])]));
    return { layer, records: toCount(row?.['records']), defects };
  });
}

async function readDayCounts(edition: Edition): Promise<DayCounts[]> {
  const rows = await edition.query<Record<keyof DayCounts, string>>(
    `SELECT toString(d.invoice_date) AS day, toString(d.bronze) AS bronze, toString(d.silver) AS silver,
       toString(d.returns) AS returns, toString(d.quarantined) AS quarantined, toString(d.gold) AS gold
     FROM ${edition.mart('daily_counts')} AS d ORDER BY d.invoice_date DESC`,
  );
  return rows.map(({ day, bronze, silver, returns, quarantined, gold }) => ({
    day,
    bronze: toCount(bronze),
    silver: toCount(silver),
    returns: toCount(returns),
    quarantined: toCount(quarantined),
    gold: toCount(gold),
  }));
}
