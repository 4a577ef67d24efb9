import { expect, test } from 'vitest';
import { readPipelineChoice, tracePath } from './pipeline-choice.ts';

test('reads what was chosen, and nonsense as no choice', () => {
  const choice = readPipelineChoice(new URLSearchParams('?key=%20u1%20&state=open&status=broken&jobs=2&builds=x'));
  expect(choice).toEqual({
    key: 'u1',
    state: 'open',
    findingsPage: 0,
    kind: null,
    status: null,
    jobsPage: 2,
    buildsPage: 0,
    modelsPage: 0,
    learnedPage: 0,
  });
});

test('an id comes back as it was, whatever is in it', () => {
  const id = 'a&b=c d/é?#';
  expect(readPipelineChoice(new URLSearchParams(tracePath(id).split('?')[1])).key).toBe(id);
});
