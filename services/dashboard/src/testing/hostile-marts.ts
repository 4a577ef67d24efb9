import { quoteClickhouseName, quoteClickhouseText } from '@ebb/clickhouse';
import { type PublishedMarts, publishChanged } from './published-marts.ts';

/** Drawn it would be an element, run it would leave a mark, and a spreadsheet would take it for a formula. */
export const HOSTILE = '=HYPERLINK("x")<img data-ebb-injected src=x onerror="window.ebbPwned=1">';

/** Texts that come from outside, by mart: whoever fills in a form decides what they are. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  int_customer_profiles_ml: ['customer_id', 'tier', 'channel', 'country', 'last_device'],
  funnel_steps: ['device', 'channel', 'country'],
  engagement_drops: ['customer_id'],
  customer_segments: ['CustomerID'],
  customer_rfm_gold: ['CustomerID'],
  segment_recommendations: ['recommendation'],
  retail_quarantined: ['source_file', 'detail'],
  retail_rule_results: ['meaning'],
};

/** Publishes a copy of a build in which each of these texts begins with a hostile one. */
export async function publishHostile(marts: PublishedMarts): Promise<void> {
  const id = await publishChanged(marts);
  for (const [mart, columns] of Object.entries(OUTSIDE)) {
    const name = quoteClickhouseName(mart);
    const from = `${quoteClickhouseName(marts.publication.database)}.${name}`;
    await marts.server.clickhouse.command(
      `CREATE OR REPLACE VIEW ${quoteClickhouseName(`marts_${id}`)}.${name} AS SELECT ${selectOf(columns)} FROM ${from}`,
    );
  }
}

function selectOf(columns: readonly string[]): string {
  const hostile = columns.map((name) => `concat(${quoteClickhouseText(HOSTILE)}, toString(${name})) AS ${name}`);
  return `* REPLACE (${hostile.join(', ')})`;
}
