import { eventually } from '@ebb/testing';
import type { Page } from 'playwright-core';
import type { Dashboard } from '../asset-types.ts';
import type { SupersetLogin } from '../superset-client.ts';

const RENDER_TIMEOUT_MS = 180_000;

/** As a person does; resolves when the page behind the login is there. */
export async function logIn(page: Page, { url, login, password }: SupersetLogin): Promise<void> {
  await page.goto(`${url}/login/`);
  await page.locator('input[type="text"]').first().fill(login);
  await page.locator('input[type="password"]').first().fill(password);
  await page.locator('button[type="submit"], input[type="submit"]').first().click();
  await page.waitForURL((there) => !there.pathname.startsWith('/login'));
}

/** Resolves when every tile has been drawn, with what tiles say of errors or of having nothing to show; raises when one has not. */
export async function openDashboard(page: Page, url: string, { slug, rows }: Dashboard): Promise<string[]> {
  await page.goto(`${url}/superset/dashboard/${slug}/`);
  const tiles = rows.flat().length;
  await eventually(
    async () => {
      const drawn = await page.locator('.dashboard-component-chart-holder .slice_container').count();
      const loading = await page.locator('.dashboard .loading').count();
      if (drawn < tiles || loading > 0)
        throw new Error(`${slug}: ${drawn} of ${tiles} tiles, ${loading} still loading`);
    },
    { timeoutMs: RENDER_TIMEOUT_MS, intervalMs: 500 },
  );
  return page.getByText(/unexpected error|no results|no data/i).allTextContents();
}

/** Charts grow into their figures. */
const GROWTH_MS = 1_500;

/** From the top of the page to the lowest tile. */
export async function pictureOf(page: Page): Promise<Buffer> {
  await page.waitForTimeout(GROWTH_MS);
  const tiles = await page.locator('.dashboard-component-chart-holder').all();
  const boxes = await Promise.all(tiles.map((tile) => tile.boundingBox()));
  const bottom = Math.max(...boxes.map((box) => (box === null ? 0 : box.y + box.height)));
  const { width } = page.viewportSize() ?? { width: 0 };
  return page.screenshot({ clip: { x: 0, y: 0, width, height: Math.ceil(bottom) + 16 } });
}
