import { must } from '@ebb/core';
import { tilesOf } from '../asset-files.ts';
import { chartUuid } from '../chart-asset.ts';
import { QUALITY } from '../dashboards/quality.ts';
import type { SupersetClient } from '../superset-client.ts';
import { databaseId } from './sql-lab.ts';

/** A report due each minute, an alert that finds something and one that does not, each with the table of the rules. */
export async function scheduleMails(superset: SupersetClient, recipient: string): Promise<void> {
  const tile = must(
    tilesOf(QUALITY).find(({ slug }) => slug === 'rules'),
    'tile of the rules',
  );
  const mail = {
    crontab: '* * * * *',
    // As in the form; from a chart's own menu each chart can have one.
    creation_method: 'alerts_reports',
    chart: must((await superset.chartIds()).get(chartUuid(QUALITY.slug, tile)), 'chart of the rules'),
    report_format: 'TEXT',
    recipients: [{ type: 'Email', recipient_config_json: { target: recipient } }],
  };
  const alert = {
    ...mail,
    type: 'Alert',
    database: await databaseId(superset, 'postgres'),
    validator_type: 'operator',
    validator_config_json: { op: '>', threshold: 0 },
  };
  await superset.post('/api/v1/report/', { ...mail, type: 'Report', name: 'Due' });
  await superset.post('/api/v1/report/', { ...alert, name: 'Found', sql: 'SELECT 1 AS one' });
  await superset.post('/api/v1/report/', { ...alert, name: 'Quiet', sql: 'SELECT 0 AS one' });
}
