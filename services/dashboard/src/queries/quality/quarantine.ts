import type { Quarantine, Quarantined } from '../../api/quality-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { type Page, toCount } from '../rows.ts';

/** What was kept out of silver, the newest files first; of one rule, or of all. */
export async function readQuarantine(
  edition: Edition,
  rule: string | null,
  page: Page,
): Promise<Omit<Quarantine, keyof ReportHead>> {
  const mart = edition.mart('retail_quarantined');
  const from = `${mart} AS q WHERE ${rule === null ? '1' : 'has(q.failed_rules, {rule: String})'}`;
  const params = { rule: rule ?? '' };
  const [[counted], rules, records] = await Promise.all([
    edition.query<{ total: string }>(`SELECT toString(count()) AS total FROM ${from}`, params),
    edition.query<{ rule: string }>(
      `SELECT DISTINCT toString(arrayJoin(q.failed_rules)) AS rule FROM ${mart} AS q ORDER BY rule`,
    ),
    edition.query<Quarantined>(
      `SELECT toString(q.kind) AS kind, q.source_file AS sourceFile, q.line_no AS line,
         toString(q.processing_date) AS day, q.failed_rules AS rules, q.detail AS detail
       FROM ${from}
       ORDER BY q.processing_date DESC, q.source_file, q.line_no
       LIMIT {limit: UInt32} OFFSET {offset: UInt32}`,
      { ...params, ...page },
    ),
  ]);
  return { total: toCount(counted?.total), ...page, rules: rules.map(({ rule: name }) => name), records };
}
