import { expect, test } from 'vitest';
import { VIEWS } from './testing/live-page.ts';
import { openReportApp } from './testing/report-app.ts';

/** The frame around every page. */

const app = openReportApp();
const links = () => app.page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
const current = () => app.page.locator('.nav [aria-current="page"]');
const focused = (): Promise<string> => app.page.evaluate<string>('document.activeElement.textContent');

test('at 1280 pixels every page stands in one line, in named groups', async () => {
  await app.show('/segments', { ...VIEWS[0], width: 1280 });
  const places = await links().evaluateAll((all) =>
    all.map((link) => {
      const { top, right } = link.getBoundingClientRect();
      return { top, isInside: right < 1280 };
    }),
  );
  expect(places.length).toBeGreaterThan(5);
  expect(new Set(places.map(({ top }) => top)).size).toBe(1);
  expect(places.every(({ isInside }) => isInside)).toBe(true);
  expect(await app.page.evaluate('(nav => nav.scrollWidth - nav.clientWidth)(document.querySelector(".nav"))')).toBe(0);
  const groups = app.page.getByRole('navigation', { name: 'Pages' }).getByRole('list');
  expect(await groups.evaluateAll((lists) => lists.map((list) => list.getAttribute('aria-label')))).toEqual([
    'Figures',
    'Data and platform',
  ]);
});

/** Whole, at the width of a phone. */
const isInView = (): Promise<boolean> =>
  current().evaluate((link, width) => {
    const { left, right } = link.getBoundingClientRect();
    return left >= 0 && right <= width;
  }, VIEWS[2].width);

test('on a screen that becomes narrow the current entry stays in view', async () => {
  await app.show('/about');
  await app.page.setViewportSize(VIEWS[2]);
  await expect.poll(isInView).toBe(true);
});

test('on a phone every page shows its own entry, which is the current one, and has its title', async () => {
  await app.show('/overview', VIEWS[2]);
  const pages = await links().evaluateAll((all) =>
    all.map((link) => ({ path: link.getAttribute('href') ?? '', title: link.textContent })),
  );
  for (const { path, title } of pages) {
    await app.page.goto(app.url + path);
    expect(await current().innerText()).toBe(title);
    await expect.poll(isInView, { message: path }).toBe(true);
    await expect.poll(() => app.page.title()).toBe(`${title} · Ebb`);
    expect(await app.page.evaluate('document.documentElement.scrollWidth')).toBe(VIEWS[2].width);
  }
  // Where a page goes on before all of it was answered, the browser says so.
  app.complaints.length = 0;
});

test('by keyboard: past the navigation with one key, and through it to the last page', async () => {
  await app.show('/overview', VIEWS[2]);
  await app.page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the figures');
  await app.page.keyboard.press('Enter');
  await expect.poll(() => app.page.evaluate('document.activeElement.id')).toBe('main');
  // Loaded again it would go on from there.
  await app.show('/segments', VIEWS[2]);
  const titles = await links().allInnerTexts();
  for (const title of ['Skip to the figures', 'Ebb', ...titles]) {
    await app.page.keyboard.press('Tab');
    await expect.poll(focused).toBe(title);
  }
  const right = (): Promise<number> =>
    links()
      .last()
      .evaluate((link) => link.getBoundingClientRect().right);
  await expect.poll(right).toBeLessThanOrEqual(VIEWS[2].width);
  await app.page.keyboard.press('Enter');
  await app.page.waitForURL((url) => url.pathname !== '/segments');
});
