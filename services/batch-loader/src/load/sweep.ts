import type { Clickhouse } from '@ebb/clickhouse';
import { DATASETS } from '../datasets/catalogue.ts';

/** Deletes the rows that no load shows: of replaced files, and of loads that were interrupted or refused. */
export async function sweep(clickhouse: Clickhouse): Promise<number> {
  let loads = 0;
  for (const { table } of DATASETS) {
    const hidden = await clickhouse.query<{ load_id: string }>(
      `SELECT DISTINCT load_id FROM ${table} WHERE load_id NOT IN (SELECT load_id FROM raw.loaded_files_current)`,
    );
    if (hidden.length === 0) continue;
    const ids = hidden.map(({ load_id: id }) => id).join(', ');
    await clickhouse.command(`DELETE FROM ${table} WHERE load_id IN (${ids})`);
    loads += hidden.length;
  }
  return loads;
}

/** Forgets why a file was refused when its visible content is back. */
export async function forgetRefusals(clickhouse: Clickhouse, dataset: string, name: string): Promise<void> {
  const where = 'dataset = {dataset: String} AND source_file = {name: String}';
  const params = { dataset, name };
  const [last] = await clickhouse.query<{ last: string; visible: string }>(
    `SELECT (SELECT max(load_id) FROM raw.load_quarantine WHERE ${where}) AS last,
       (SELECT max(load_id) FROM raw.loaded_files_current WHERE ${where}) AS visible`,
    params,
  );
  if (last === undefined || Number(last.last) <= Number(last.visible)) return;
  await clickhouse.command(
    `DELETE FROM raw.load_quarantine WHERE ${where} AND load_id > ${Number(last.visible)}`,
    params,
  );
}
