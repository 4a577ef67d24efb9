import { must } from '@ebb/core';
import { launchBrowser } from '@ebb/testing';
import { z } from 'zod';

/** Of one page in a browser that has seen none of it, ms. */
export interface PageSpeed {
  readonly path: string;
  /** First contentful paint, from the start of the navigation. */
  readonly firstPaintMs: number;
  /** Figures are on the screen, from the start of the navigation. */
  readonly figuresMs: number;
  /** The slowest answer of the API, from its asking to its last byte; streams do not end and are left out. */
  readonly slowestAnswerMs: number;
}

const FIGURES = '[data-tile] [data-value], [data-table], main svg, main table';
/** Parts of a page that ask for themselves have done so by then. */
const SETTLE_MS = 1_500;
const timingSchema = z.object({ paint: z.number(), slowest: z.number() });
const TIMING = `({
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  slowest: Math.max(0, ...performance.getEntriesByType('resource')
    .filter(({ name }) => name.includes('/api/')).map(({ duration }) => duration)),
})`;

/** Every page of the navigation, one after the other. */
export async function measurePages(url: string): Promise<PageSpeed[]> {
  const browser = await launchBrowser();
  const first = await browser.newPage();
  await first.goto(url);
  const paths = await first
    .locator('nav a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  must(paths[0], 'a page in the navigation');
  const speeds: PageSpeed[] = [];
  for (const path of paths) {
    const page = await browser.newPage();
    await page.goto(url + path, { waitUntil: 'commit' });
    await page.locator(FIGURES).first().waitFor({ state: 'attached' });
    const figuresMs = await page.evaluate<number>('performance.now()');
    await page.waitForTimeout(SETTLE_MS);
    const { paint, slowest } = timingSchema.parse(await page.evaluate(TIMING));
    speeds.push({ path, firstPaintMs: paint, figuresMs, slowestAnswerMs: slowest });
    await page.context().close();
  }
  await first.context().browser()?.close();
  return speeds;
}

export function pageLines(speeds: readonly PageSpeed[]): string[] {
  return [
    '| page | first paint ms | figures shown ms | slowest answer ms |',
    '| --- | ---: | ---: | ---: |',
    ...speeds.map(({ path, ...ms }) => {
      const cells = [ms.firstPaintMs, ms.figuresMs, ms.slowestAnswerMs].map((value) => value.toFixed(0));
      return `| ${[path, ...cells].join(' | ')} |`;
    }),
  ];
}
