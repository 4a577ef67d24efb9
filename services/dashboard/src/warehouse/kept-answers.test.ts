import { expect, test } from 'vitest';
import { KeptAnswers } from './kept-answers.ts';

/** Counts what is made, and answers with it. */
function maker(): { made: string[]; make: (name: string) => () => Promise<string> } {
  const made: string[] = [];
  const make = (name: string) => async () => {
    made.push(name);
    return name.repeat(10);
  };
  return { made, make };
}

test('an answer is made once, also for those who ask while it is made', async () => {
  const { made, make } = maker();
  const answers = new KeptAnswers();
  const asked = await Promise.all([
    answers.get('a', make('a')),
    answers.get('a', make('a')),
    answers.get('b', make('b')),
  ]);
  expect(asked).toEqual(['aaaaaaaaaa', 'aaaaaaaaaa', 'bbbbbbbbbb']);
  expect(await answers.get('a', make('a'))).toBe('aaaaaaaaaa');
  expect(made).toEqual(['a', 'b']);
});

test('where there is no room, what nobody asked for longest is made anew', async () => {
  const { made, make } = maker();
  // Each is 11 characters: its question, and ten letters.
  const answers = new KeptAnswers(22);
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await answers.get(name, make(name));
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

test('a failure is told to who asked, and tried again', async () => {
  const answers = new KeptAnswers();
  const failing = (): Promise<string> => Promise.reject(new Error('away'));
  await expect(answers.get('a', failing)).rejects.toThrow('away');
  expect(await answers.get('a', async () => 'there')).toBe('there');
});
