import type { FileRecord, Files } from '../../api/quality-schema.ts';
import { type Page, type Queryable, toCount, toIso } from '../rows.ts';

interface Row {
  dataset: string;
  name: string;
  status: string;
  rows: string;
  rejected: string;
  rules: string[];
  message: string;
  finished_at: Date | null;
}

/** Of every file the last version that was found. */
const LATEST = 'SELECT DISTINCT ON (source, key) * FROM ops.files ORDER BY source, key, id DESC';

/** The file ledger: what became of each file, those that need a person first. */
export async function readFiles(db: Queryable, page: Page): Promise<Omit<Files, 'serverTime'>> {
  const statuses = await db.query<{ status: string; files: string }>(
    `SELECT status, count(*) AS files FROM (${LATEST}) f GROUP BY status ORDER BY count(*) DESC, status`,
  );
  const files = await db.query<Row>(
    `SELECT dataset, name, status, rows, rejected, rules, message, finished_at FROM (${LATEST}) f
     ORDER BY (status IN ('quarantined', 'failed')) DESC, id DESC LIMIT $1 OFFSET $2`,
    [page.limit, page.offset],
  );
  const counted = statuses.rows.map((row) => ({ status: row.status, files: toCount(row.files) }));
  return {
    statuses: counted,
    total: counted.reduce((sum, row) => sum + row.files, 0),
    ...page,
    files: files.rows.map(fileOf),
  };
}

function fileOf(row: Row): FileRecord {
  return {
    dataset: row.dataset,
    name: row.name,
    status: row.status,
    rows: toCount(row.rows),
    rejected: toCount(row.rejected),
    rules: row.rules,
    message: row.message,
    finishedAt: toIso(row.finished_at),
  };
}
