import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { launchBrowser, onceInRun } from '@ebb/testing';
import { build } from 'vite';

export type Browser = Awaited<ReturnType<typeof launchBrowser>>;
export type Page = Awaited<ReturnType<Browser['newPage']>>;

export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

/** The widths and themes that every page is looked at in. */
export const VIEWS = [
  { name: 'wide-light', width: 1440, height: 900, theme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, theme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, theme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, theme: 'dark' },
] as const satisfies readonly View[];

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VITE_CONFIG = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));

/** Where the front end is, built once in a run as it is now: no test looks at an old build. */
export function frontEnd(): Promise<string> {
  return onceInRun('front-end', async (outDir) => {
    await build({ configFile: VITE_CONFIG, logLevel: 'error', build: { outDir } });
  });
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

/** None of the page's parts waits for its answer any more. */
export async function answered(page: Page): Promise<void> {
  await page.locator('#main :is([data-skeleton], [aria-busy="true"])').first().waitFor({ state: 'detached' });
}

/** Figures are there, all of them, and their fonts are loaded. */
export async function settle(page: Page): Promise<void> {
  await page.locator('[data-tile], [data-notice], [data-table]').first().waitFor();
  await answered(page);
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
