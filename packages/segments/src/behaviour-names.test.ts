import { expect, it } from 'vitest';
import { behaviourName } from './behaviour-names.ts';

it.each([
  [[0.6, -2, 0.9], 'low spend, high visits'],
  [[0.6, 0.1, -0.2], 'high sessions'],
  [[0.49, -0.49, 0], 'like the average'],
])('a centre of %j is called %s', (centre, name) => {
  expect(behaviourName(['sessions', 'spend', 'visits'], centre)).toBe(name);
});
