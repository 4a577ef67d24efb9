import { expect, test } from 'vitest';
import { diagnose } from './doctor.ts';

test('what is missing is said with its cure and counts only where it is required', async () => {
  const lines: string[] = [];
  const problems = await diagnose(
    [
      { name: 'Java', isRequired: true, look: () => Promise.resolve('17') },
      { name: 'Maven', isRequired: true, look: () => Promise.reject(new Error('install it with: x')) },
      { name: 'Python', isRequired: false, look: () => Promise.reject(new Error('needed later')) },
    ],
    (line) => lines.push(line),
  );
  expect(problems).toBe(1);
  expect(lines).toEqual([
    'ok      Java         17',
    'MISSING Maven        install it with: x',
    'absent  Python       needed later',
  ]);
});
