import { expect, test } from 'vitest';
import { funnelSteps } from './steps.ts';

test('ten visitors whose way is known', () => {
  expect(funnelSteps([10, 6, 3, 2])).toEqual([
    { step: 'visit', sessions: 10, conversion: null, dropped: 0, dropOff: null, fromVisit: 1 },
    { step: 'product_view', sessions: 6, conversion: 0.6, dropped: 4, dropOff: 0.4, fromVisit: 0.6 },
    { step: 'add_to_cart', sessions: 3, conversion: 0.5, dropped: 3, dropOff: 0.5, fromVisit: 0.3 },
    { step: 'checkout', sessions: 2, conversion: 2 / 3, dropped: 1, dropOff: 1 / 3, fromVisit: 0.2 },
  ]);
});

test('of nobody there is no share', () => {
  expect(funnelSteps([]).map(({ sessions, fromVisit, dropOff }) => [sessions, fromVisit, dropOff])).toEqual(
    Array.from({ length: 4 }, () => [0, null, null]),
  );
});
