import { OUTLET } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Drops, Funnel, Retention } from './api/funnel-schema.ts';
import { visitsByHand } from './testing/by-hand.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();
const FUNNEL = `/funnel?source=${OUTLET}&from=2026-03-08&to=2026-03-14`;

describe('the API of Funnel', () => {
  const ask = (query = ''): Promise<Funnel> => app.ask<Funnel>(`/api${FUNNEL}${query}`);

  test('gives sessions by step as SQL over the raw rows does, and in parts and days the same', async () => {
    const funnel = await ask();
    const hand = await app.one<{ steps: string[] }>(`
      SELECT arrayMap(s -> toString(s), [uniqExact(session_id), uniqExactIf(session_id, event_type = 'product_view'),
        uniqExactIf(session_id, event_type = 'add_to_cart'), uniqExactIf(session_id, event_type = 'checkout_success')]) AS steps
      FROM raw.web_events_current WHERE source = '${OUTLET}' AND toDate(event_time) BETWEEN '2026-03-08' AND '2026-03-14'`);
    const sessions = hand.steps.map(Number);
    expect(funnel.steps.map((step) => step.sessions)).toEqual(sessions);
    const visits = await visitsByHand(app, "BETWEEN '2026-03-08' AND '2026-03-14'");
    expect(funnel.values['conversion_rate']).toBeCloseTo(Number(visits.bought) / Number(visits.sessions), 12);
    for (const parts of Object.values(funnel.parts)) {
      const sums = [0, 1, 2, 3].map((at) => parts.reduce((sum, part) => sum + (part.sessions[at] ?? 0), 0));
      expect(sums).toEqual(sessions);
    }
    expect(funnel.days).toHaveLength(7);
    expect(funnel.days.reduce((sum, day) => sum + day.sessions, 0)).toBe(sessions[0]);
  });

  test('narrows by device, channel and country, and shows the last 28 days to who chose none', async () => {
    const all = await ask();
    expect((await ask('&device=mobile')).steps).toEqual(all.steps);
    const none = await ask(`&country=${encodeURIComponent("x' OR 1=1 --")}`);
    expect(none.steps.map(({ sessions, fromVisit }) => [sessions, fromVisit])).toEqual(
      [0, 1, 2, 3].map(() => [0, null]),
    );
    expect(none.parts.country).toEqual(all.parts.country);
    expect(await app.ask<Funnel>(`/api/funnel?source=${OUTLET}`)).toMatchObject({
      from: '2026-02-15',
      to: '2026-03-14',
    });
  });

  test('counts who came back as SQL over the raw rows does', async () => {
    const { cohorts, overall } = await app.ask<Retention>(`/api/funnel/retention?source=${OUTLET}`);
    const hand = await app.rows<Record<'cohort' | 'size' | 'next', string>>(`
      SELECT toString(first) AS cohort, toString(count()) AS size, toString(countIf(has(weeks, first + 7))) AS next
      FROM (SELECT groupUniqArray(toMonday(toDate(event_time))) AS weeks, arrayMin(weeks) AS first
        FROM raw.web_events_current WHERE source = '${OUTLET}' GROUP BY user_key)
      GROUP BY first ORDER BY first DESC`);
    expect(cohorts.map(({ cohort, size }) => [cohort, size])).toEqual(
      hand.map(({ cohort, size }) => [cohort, Number(size)]),
    );
    const cells = cohorts.flatMap(({ cohort, cells: all }) => all.map((cell) => ({ ...cell, cohort })));
    const next = cells.filter(({ since }) => since === 1);
    expect(next.length).toBeGreaterThan(0);
    for (const { cohort, active } of next) {
      expect(active).toBe(Number(hand.find((row) => row.cohort === cohort)?.next));
    }
    expect(overall[0]).toEqual({ since: 0, rate: 1 });
    const purchases = await app.ask<Retention>(`/api/funnel/retention?source=${OUTLET}&activity=purchase&period=month`);
    expect(purchases.cohorts[0]).toMatchObject({ cohort: '2026-03-01' });
  });

  test('names who comes less, and of how many', async () => {
    const drops = await app.ask<Drops>(`/api/funnel/drops?source=${OUTLET}`);
    const hand = await app.one<{ judged: string }>(`
      SELECT toString(uniqExact(user_key)) AS judged FROM raw.web_events_current
      WHERE source = '${OUTLET}' AND toDate(event_time) <= '2026-03-01'`);
    expect(drops).toMatchObject({ judged: Number(hand.judged), total: 1 });
    expect(drops.customers[0]).toMatchObject({
      customerId: 'gone',
      recentSessions: 0,
      expectedSessions: 10,
      dropRate: 1,
      level: 'strong',
    });
  });

  test.each(['?from=2026-03-14&to=2026-03-08', '?from=x', '?device=', '/retention?period=day', '/drops?offset=-1'])(
    'refuses %s with a reason',
    async (query) => {
      expect(await app.refusal(`/api/funnel${query}`)).toMatchObject(INVALID_QUERY);
    },
  );
});

describe('Funnel and retention', () => {
  test('shows the figures of the API, filters, and leads to the customer', async () => {
    await app.show(FUNNEL);
    const { steps } = await app.ask<Funnel>(`/api${FUNNEL}`);
    const bars = app.page.locator('[data-bars="steps"]');
    for (const { sessions } of steps) expect(await bars.innerText()).toContain(String(sessions));
    await app.page.getByRole('radio', { name: 'Months' }).check();
    await expect.poll(() => app.page.locator('[data-table="retention"]').innerText()).toContain('Month from');
    expect(app.page.url()).toContain('period=month');
    await app.page.getByRole('combobox', { name: 'Device' }).selectOption('mobile');
    await expect.poll(() => app.page.url()).toContain('device=mobile');
    await app.page.getByRole('link', { name: 'gone', exact: true }).click();
    await expect.poll(() => tileText(app.page, 'sessions')).toBe('40');
  });

  test('days without a session lead to the last ones with some', async () => {
    await app.show(`/funnel?source=${OUTLET}&from=2025-01-01&to=2025-01-31`);
    await app.page.getByRole('button', { name: /Show the days up to 14 Mar 2026/ }).click();
    await app.page.locator('[data-tile="conversion_rate"]').waitFor();
    expect(app.page.url()).not.toContain('from=');
  });
});

test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  expect(await lookOf(app, { name: 'funnel', path: FUNNEL }, view)).toEqual(AS_AGREED);
});
