import { testClickhouse } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations } from './testing/live-page.ts';
import { changePublication } from './testing/published-marts.ts';
import { openReportApp } from './testing/report-app.ts';
import { REPORT_PAGES } from './testing/report-pages.ts';
import type { TestDashboard } from './testing/test-dashboard.ts';

/** What every page of published figures says when they are not there, old, or out of reach. */

const app = openReportApp();
const notice = (kind: string): Promise<string> => app.page.locator(`[data-notice="${kind}"]`).first().innerText();
/** Every word of the figures, without the row that says how old they are. */
const figures = (): Promise<string> => app.page.locator('[data-publication]').innerText();

describe('before the first publication', () => {
  let empty: TestDashboard;

  beforeAll(async () => {
    const { readerUrl } = await testClickhouse();
    empty = await app.start(readerUrl);
    return () => empty.close();
  });

  test.each(REPORT_PAGES)('$title says so, and how to make one', async ({ path }) => {
    await app.page.goto(empty.url + path);
    expect(await notice('empty')).toContain('ebb build');
    expect(await app.page.locator('[data-publication]').count()).toBe(0);
    expect(await accessibilityViolations(app.page)).toEqual([]);
    // The browser writes every refused request into its console.
    app.complaints.length = 0;
  });
});

describe('after a build that failed', () => {
  beforeAll(() =>
    changePublication(
      app.marts,
      `'p20990101000000_dead' AS id, 'failed' AS state, 'one test of daily_revenue' AS reason, now64(3) AS started_at`,
    ),
  );

  test.each(REPORT_PAGES)('$title keeps the figures of the one before, and says why', async ({ path }) => {
    await app.show(path);
    expect(await notice('build_failed')).toContain('one test of daily_revenue');
    expect((await figures()).length).toBeGreaterThan(100);
    expect(await accessibilityViolations(app.page)).toEqual([]);
  });
});

describe('after a daily build was missed', () => {
  beforeAll(() =>
    changePublication(app.marts, 'built_at - INTERVAL 2 DAY AS built_at, started_at + INTERVAL 1 DAY AS started_at'),
  );

  test.each(REPORT_PAGES)('$title says how old its figures are', async ({ path }) => {
    await app.show(path);
    expect(await notice('stale')).toMatch(/The newest build is 2 days old[^]*ebb build/);
    expect((await figures()).length).toBeGreaterThan(100);
  });
});

describe('while the warehouse is away', () => {
  test.each(REPORT_PAGES)('$title keeps its last figures, and has them anew when it is back', async ({ path }) => {
    await app.show(path);
    const before = await figures();
    await app.marts.server.kill();
    await app.page.getByRole('button', { name: 'Refresh' }).click();
    expect(await notice('failing')).toContain('last known figures');
    expect(await figures()).toContain(before.slice(0, 50));
    await app.marts.server.start();
    await app.page.getByRole('button', { name: 'Try now' }).click();
    await app.page.locator('[data-notice="failing"], [data-failure]').first().waitFor({ state: 'detached' });
    await expect.poll(figures).toBe(before);
    app.complaints.length = 0;
  });
});
