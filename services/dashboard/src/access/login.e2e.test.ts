import { hashPassword } from '@ebb/core';
import { testPostgres } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  accessibilityViolations,
  type Browser,
  frontEnd,
  openBrowser,
  openPage,
  type Page,
  VIEWS,
} from '../testing/live-page.ts';
import { seedDay } from '../testing/seed-day.ts';
import { startDashboard, type TestDashboard } from '../testing/test-dashboard.ts';

const PASSWORD = 'three blue figures';
const DAY = '2026-03-10';
const LIVE = `/?source=shop&currency=GBP&date=${DAY}`;
const HOUR_MS = 3_600_000;

let withLogin: TestDashboard;
let forAll: TestDashboard;
let browser: Browser;
let page: Page;
let complaints: string[];
let nowMs = Date.parse('2026-03-12T10:00:00Z');

beforeAll(async () => {
  const webDirectory = await frontEnd();
  const db = await testPostgres();
  await seedDay(db.pool, { source: 'shop', day: DAY, seed: 'day', peak: 32, currencies: { GBP: 6 } });
  const start = (env: Record<string, string>): Promise<TestDashboard> =>
    startDashboard(db.roleUrl('ebb_dashboard'), {
      webDirectory,
      clock: { nowMs: () => nowMs },
      env: { EBB_DASHBOARD_PUBLISHED_ON: '0.0.0.0', ...env },
    });
  withLogin = await start({ EBB_DASHBOARD_PASSWORD_HASH: await hashPassword(PASSWORD) });
  forAll = await start({ EBB_DASHBOARD_PUBLIC: 'on' });
  browser = await openBrowser();
  return async () => {
    await withLogin.close();
    await forAll.close();
  };
});

beforeEach(async () => {
  ({ page, complaints } = await openPage(browser));
});

afterEach(async () => {
  await page.context().clearCookies();
  await page.close();
  // Refused requests are what these tests are about; a breach of the content policy is not.
  const breaches = complaints.filter((text) => !text.startsWith('Failed to load resource'));
  if (breaches.length > 0) throw new Error(`the browser complained: ${breaches.join(' | ')}`);
});

async function logIn(password: string): Promise<void> {
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

describe('with a login', () => {
  test('a page asks for the password, says when it is wrong, and is shown after the right one', async () => {
    await page.goto(withLogin.url + LIVE);
    expect(await page.title()).toBe('Log in · Ebb');
    await logIn('three blue');
    await expect.poll(() => page.getByRole('alert').innerText()).toBe('That is not the password.');
    await logIn(PASSWORD);
    await page.locator('[data-tile]').first().waitFor();
    expect(page.url()).toBe(withLogin.url + LIVE);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('the password is enough by keyboard alone', async () => {
    await page.goto(`${withLogin.url}/login`);
    // The browser moves the focus when it first draws the page, which can be after the page counts as loaded.
    await page.locator('input[type=password]:focus').waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    expect(page.url()).toBe(`${withLogin.url}/`);
  });

  test('logging out ends it', async () => {
    await page.goto(withLogin.url + LIVE);
    await logIn(PASSWORD);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.goto(withLogin.url + LIVE);
    expect(await page.title()).toBe('Log in · Ebb');
  });

  test('a page that is open when the session ends asks again, and comes back as it was', async () => {
    await page.goto(withLogin.url + LIVE);
    await logIn(PASSWORD);
    await page.locator('[data-tile]').first().waitFor();
    nowMs += 13 * HOUR_MS;
    await page.getByLabel('Password').waitFor({ timeout: 20_000 });
    await logIn(PASSWORD);
    await page.locator('[data-tile]').first().waitFor();
    expect(page.url()).toBe(withLogin.url + LIVE);
  });

  test.each(VIEWS)('$name: the login fits its width and breaks no rule of accessibility', async (view) => {
    await page.setViewportSize({ width: view.width, height: view.height });
    await page.emulateMedia({ colorScheme: view.theme });
    await page.goto(`${withLogin.url}/login`);
    await logIn('wrong');
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

describe('in the public view', () => {
  test('live figures are there without a login, and it says what it is', async () => {
    await page.goto(forAll.url + LIVE);
    await page.locator('[data-tile]').first().waitFor();
    await page.getByText('Public view', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Log out' }).count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  test('the page of customers says why it is empty, the navigation says so before', async () => {
    await page.goto(`${forAll.url}/customers`);
    const notice = page.locator('[data-notice="empty"]');
    expect(await notice.innerText()).toMatch(/Not in the public view[\s\S]*nothing about single customers/);
    // What is closed is asked for beside the page.
    await page.getByRole('link', { name: 'Customers (not in the public view)' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
