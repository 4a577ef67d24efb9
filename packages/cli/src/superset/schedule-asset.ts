import { must } from '@ebb/core';
import { chartUuid } from './chart-asset.ts';
import { databaseUuid } from './dataset-asset.ts';
import type { Schedule } from './schedules.ts';

/** What `superset/report_schedules.py` reads; a form of our own, since Superset has none. */
export function scheduleAsset({ name, description, crontab, dashboard, tile: slug, alert }: Schedule) {
  const tile = must(
    dashboard.rows.flat().find((one) => one.slug === slug),
    `tile ${slug} of ${dashboard.slug}`,
  );
  return {
    name,
    type: alert === undefined ? 'Report' : 'Alert',
    description,
    crontab,
    chart_uuid: chartUuid(dashboard.slug, tile),
    dashboard: { slug: dashboard.slug, title: dashboard.title },
    alert:
      alert === undefined
        ? undefined
        : {
            database_uuid: databaseUuid(alert.database),
            sql: alert.sql,
            above: alert.above,
            grace_seconds: alert.graceSeconds,
          },
  };
}
