import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '@ebb/testing';
import { build } from 'vite';

export type Browser = Awaited<ReturnType<typeof launchBrowser>>;
export type Page = Awaited<ReturnType<Browser['newPage']>>;

/** The widths and themes that every page is looked at in. */
export const VIEWS = [
  { name: 'wide-light', width: 1440, height: 900, theme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, theme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, theme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, theme: 'dark' },
] as const;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VITE_CONFIG = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));

/** Builds the front end as it is now, so that a test never looks at an old build. */
export async function buildFrontEnd(): Promise<{ directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-dashboard-'));
  await build({ configFile: VITE_CONFIG, logLevel: 'error', build: { outDir: directory } });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A browser that renders the same everywhere: fixed language, zone, scale, and nothing that moves. */
export async function openBrowser(): Promise<Browser> {
  return launchBrowser({
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
  });
}

/** A page that remembers everything the browser complained about, such as a breach of the content policy. */
export async function openPage(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Figures are there and their fonts are loaded. */
export async function settle(page: Page): Promise<void> {
  await page.locator('[data-tile], [data-notice], [data-table]').first().waitFor();
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  // Two frames: the charts draw once more when the fonts are in.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
}

/** What a tile shows. */
export async function tileText(page: Page, tile: string): Promise<string> {
  return page.locator(`[data-tile="${tile}"] [data-value]`).innerText();
}

/** Rules of accessibility that the page breaks, each with the elements that do. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run().then((result) => result.violations.map((rule) => rule.id + ': ' + rule.nodes.map((node) => node.html).join(' ')))`,
  );
}
