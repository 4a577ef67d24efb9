import { expect, it } from 'vitest';
import { grade } from './grade.ts';
import { missedFigures } from './report.ts';

it('holds every aim at full size', async () => {
  const { sections } = await grade({ isQuick: false, retailYear2: null }, () => {});
  expect(sections).toHaveLength(6);
  expect(missedFigures(sections)).toEqual([]);
});
