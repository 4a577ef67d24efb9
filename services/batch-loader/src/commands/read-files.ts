import type { LoaderParts } from '../create-loader.ts';

export interface FilesOverview {
  readonly datasets: { dataset: string; files: string; rows: string; rejected: string; last: string }[];
  /** Files that are not loaded as they are now. */
  readonly open: { name: string; status: string; rules: string[]; message: string }[];
  readonly rules: { dataset: string; rule: string; rows: string; files: string }[];
}

/** The warehouse says what is loaded, the file ledger what is open. */
export async function readFiles({ pool, clickhouse }: LoaderParts): Promise<FilesOverview> {
  const datasets = await clickhouse.query<FilesOverview['datasets'][number]>(
    `SELECT dataset, count() AS files, sum(f.rows) AS rows, sum(f.rejected) AS rejected, max(processing_date) AS last
     FROM raw.loaded_files_current AS f GROUP BY dataset ORDER BY dataset`,
  );
  const rules = await clickhouse.query<FilesOverview['rules'][number]>(
    `SELECT dataset, arrayJoin(rules) AS rule, countIf(line_no > 0) AS rows, uniqExact(source_file) AS files
     FROM raw.load_quarantine_current GROUP BY dataset, rule ORDER BY dataset, rule`,
  );
  const { rows: open } = await pool.query<FilesOverview['open'][number]>(
    `SELECT name, status, rules, message FROM (
       SELECT DISTINCT ON (source, key) name, status, rules, message FROM ops.files ORDER BY source, key, id DESC
     ) f WHERE status IN ('waiting', 'loading', 'quarantined', 'failed', 'withdrawn') ORDER BY name`,
  );
  return { datasets, open, rules };
}
