import { type Clickhouse, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';

/** Rows of `ml.customer_facts`, columns of one length. A value is a number or a text; neither: unknown from then on. */
export interface FactColumns {
  readonly customers: readonly string[];
  readonly features: readonly string[];
  readonly numbers: Float64Array;
  readonly texts: readonly (string | null)[];
  /** Epoch milliseconds. */
  readonly knownAtMs: Float64Array;
}

/** Everything that was ever written down of the source's customers, with the moment from which it was known. */
export async function readFacts(clickhouse: Clickhouse, source: string, signal: AbortSignal): Promise<FactColumns> {
  const { texts, numbers } = await readColumns(
    clickhouse,
    `SELECT customer_id AS customer, toString(feature) AS name, toFloat64(number) AS figure, text AS words,
       toFloat64(toUnixTimestamp64Milli(known_at)) AS known
     FROM ml.customer_facts FINAL WHERE source = {source: String}
     ORDER BY feature, customer, known_at`,
    { params: { source }, signal },
  );
  return {
    customers: named(texts, 'customer'),
    features: named(texts, 'name'),
    numbers: must(numbers.get('figure'), 'column figure'),
    texts: must(texts.get('words'), 'column words'),
    knownAtMs: must(numbers.get('known'), 'column known'),
  };
}

function named(texts: ReadonlyMap<string, (string | null)[]>, name: string): string[] {
  return must(texts.get(name), `column ${name}`).map((text) => text ?? '');
}
