import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newEventsConditions, paceOver } from './new-events.ts';

const POSITIONS = { before: new Map([[0, 10]]), boundary: new Map([[0, 500_000]]) };

function bounds(condition: string): [number, number] {
  const times = [...condition.matchAll(/'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})'/g)];
  const [from = '', to = ''] = times.map(([, text = '']) => text);
  return [Date.parse(`${from.replace(' ', 'T')}Z`), Date.parse(`${to.replace(' ', 'T')}Z`)];
}

test('the parts meet each other and together are the whole, whatever the stretch', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000_000_000_000 }),
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: 0, max: 2_000_000 }),
      (firstMs, spanMs, rows) => {
        const [first, last] = [new Date(firstMs), new Date(firstMs + spanMs)];
        const { postgresWhere, postgresParts } = newEventsConditions({ ...POSITIONS, first, last, rows });
        const parts = postgresParts.map(bounds);
        expect(bounds(postgresWhere)).toEqual([firstMs, firstMs + spanMs + 1]);
        expect(parts[0]?.[0]).toBe(firstMs);
        expect(parts.at(-1)?.[1]).toBe(firstMs + spanMs + 1);
        for (const [index, [from, to]] of parts.entries()) {
          expect(to).toBeGreaterThan(from);
          expect(parts[index + 1]?.[0] ?? to).toBe(to);
        }
        expect(parts.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(rows / 50_000)));
      },
    ),
  );
});

test('parts are spread over the time given; after the last, when late, and when told to stop, nothing waits', async () => {
  const startedAt = performance.now();
  await paceOver(120)(1, 3);
  // Timers may come a moment early.
  expect(performance.now() - startedAt).toBeGreaterThan(30);
  const hour = 3_600_000;
  await paceOver(hour)(3, 3);
  await paceOver(0)(1, 2);
  await paceOver(hour, AbortSignal.abort())(1, 2);
});
