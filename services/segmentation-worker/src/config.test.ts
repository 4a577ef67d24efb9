import { isEbbError } from '@ebb/core';
import { expect, test } from 'vitest';
import { loadWorkerConfig } from './config.ts';

const servers = {
  EBB_POSTGRES_URL: 'postgres://u@h/d',
  EBB_CLICKHOUSE_URL: 'http://h:8123',
  EBB_OBJECT_STORE_URL: 'http://h:9000',
  EBB_OBJECT_STORE_ACCESS_KEY: 'a',
  EBB_OBJECT_STORE_SECRET_KEY: 'b',
};

test('all three servers are needed: models live in one, rows in another, files in the third', () => {
  expect(loadWorkerConfig(servers)).toMatchObject({ port: 8097, pollSeconds: 1, codeVersion: '' });
  for (const name of Object.keys(servers)) {
    expect(() => loadWorkerConfig({ ...servers, [name]: undefined })).toThrow(
      expect.toSatisfy((error) => isEbbError(error, 'CONFIG_INVALID')),
    );
  }
});
