import type { Edition } from '../warehouse/edition.ts';

/** The files name no currency; the figures of the build say which unit their amounts have. Null before any file. */
export async function readRetailCurrency(edition: Edition): Promise<string | null> {
  const [row] = await edition.query<{ unit: string }>(
    `SELECT toString(f.unit) AS unit FROM ${edition.mart('retail_figures')} AS f WHERE f.figure = 'gold_gross_revenue'`,
  );
  return row?.unit ?? null;
}
