import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkClickhouseIsOurs, type ClickhouseServerOptions, startClickhouse } from './clickhouse.ts';
import { anyFreePort } from './ports.ts';

let directory: string;
let options: ClickhouseServerOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ebb-local-clickhouse-'));
  options = {
    dataDir: join(directory, 'data'),
    port: await anyFreePort(),
    users: [{ name: 'ebb', password: 'a word/with:signs', readonly: false }],
    logFile: join(directory, 'log'),
  };
});

afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

test('starts, keeps its data over an orderly stop, and starts again', async () => {
  const first = await startClickhouse(options);
  const ask = async (sql: string): Promise<string> => {
    const { username, password, origin } = new URL(first.url);
    const headers = { 'x-clickhouse-user': username, 'x-clickhouse-key': decodeURIComponent(password) };
    return (await fetch(origin, { method: 'POST', body: sql, headers })).text();
  };
  await ask('CREATE TABLE kept (a Int32) ENGINE = MergeTree ORDER BY a');
  await ask('INSERT INTO kept VALUES (1), (2)');
  await first.stop();
  expect(await first.exited).toEqual({ code: 0, signal: null });
  const second = await startClickhouse(options);
  expect(await ask('SELECT sum(a) FROM kept')).toBe('3\n');
  await second.stop();
});

test('another server on the port is neither used nor told the password', async () => {
  const heard: string[] = [];
  const stranger = createServer((request, response) => {
    heard.push(`${request.url} ${request.headers.authorization ?? ''}`);
    response.end('Ok.\n');
  });
  stranger.listen(options.port, '127.0.0.1');
  await once(stranger, 'listening');
  await expect(startClickhouse(options)).rejects.toMatchObject({
    code: expect.stringMatching(/SERVER_EXITED|NOT_OURS/) as string,
  });
  expect(heard.filter((line) => !line.startsWith('/instance') || line.trim() !== '/instance')).toEqual([]);
  await expect(checkClickhouseIsOurs(options)).rejects.toMatchObject({ code: 'NOT_OURS' });
  stranger.close();
  stranger.closeAllConnections();
});
