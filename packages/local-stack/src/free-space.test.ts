import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { requireFreeSpace } from './free-space.ts';

test('a file system with less than wanted is named, with what to do', () => {
  expect(() => requireFreeSpace(tmpdir(), 1, 'Kafka')).not.toThrow();
  expect(() => requireFreeSpace(tmpdir(), 10 ** 9, 'Kafka')).toThrow(/Kafka needs 1000000000 MB to start: free some/);
});
