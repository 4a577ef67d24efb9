import { expect, test } from 'vitest';
import { type Ask, PageReports } from './page-reports.ts';

/** Answers that each are of whatever is published when they are asked for. */
function somePage(): {
  page: PageReports;
  published: { id: string };
  join: (name: string) => Ask;
  shown: Map<string, string>;
} {
  const page = new PageReports();
  const published = { id: 'a' };
  const shown = new Map<string, string>();
  const join = (name: string): Ask => {
    const ask = (): void => {
      shown.set(name, published.id);
      page.answered(ask, published.id);
    };
    page.join(ask);
    return ask;
  };
  return { page, published, join, shown };
}

test('one answer of a new publication has all others asked for anew', () => {
  const { published, join, shown } = somePage();
  const [head, list] = [join('head'), join('list')];
  head(true);
  list(true);
  published.id = 'b';
  list(true);
  expect([...shown.values()]).toEqual(['b', 'b']);
});

test('an answer that was on its way while a build was published does not stay', () => {
  const { page, published, join, shown } = somePage();
  const [head, list] = [join('head'), join('list')];
  head(true);
  published.id = 'b';
  head(true);
  shown.set('list', 'a');
  page.answered(list, 'a');
  expect([...shown.values()]).toEqual(['b', 'b']);
});

test('answers of no publication, and parts that are gone, are left alone', () => {
  const page = new PageReports();
  const asked: string[] = [];
  const leave = page.join(() => asked.push('gone'));
  const live: Ask = () => asked.push('live');
  page.join(live);
  page.join(() => asked.push('list'));
  leave();
  page.answered(live, undefined);
  page.answered(live, 'a');
  page.answered(live, undefined);
  expect(asked).toEqual([]);
  page.answered(live, 'b');
  expect(asked).toEqual(['list']);
  page.askAll();
  expect(asked).toEqual(['list', 'live', 'list']);
});
