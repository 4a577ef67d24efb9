import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PROCESSES } from './processes.ts';

test('every service of the repository is told, and no other', () => {
  const services = readdirSync(resolve(import.meta.dirname, '../../../..'));
  expect(PROCESSES.map(({ name }) => name).toSorted()).toEqual(services.toSorted());
});
