import { isEbbError } from '@ebb/core';
import { expect, test } from 'vitest';
import { loadLoaderConfig } from './config.ts';

const servers = { EBB_POSTGRES_URL: 'postgres://u@h/d', EBB_CLICKHOUSE_URL: 'http://h:8123' };

test('an object store is no must, but half a login is refused at the start', () => {
  expect(loadLoaderConfig(servers)).toMatchObject({
    objectStoreUrl: '',
    folder: '',
    finalNewline: true,
    pollSeconds: 10,
  });
  const half = { ...servers, EBB_OBJECT_STORE_URL: 'http://h:9000', EBB_OBJECT_STORE_ACCESS_KEY: 'a' };
  expect(() => loadLoaderConfig(half)).toThrow(expect.toSatisfy((error) => isEbbError(error, 'CONFIG_INVALID')));
  expect(loadLoaderConfig({ ...half, EBB_OBJECT_STORE_SECRET_KEY: 'b' }).objectStoreUrl).toBe('http://h:9000');
});
