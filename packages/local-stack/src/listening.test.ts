import { once } from 'node:events';
import { createServer } from 'node:net';
import { anyFreePort } from './ports.ts';
import { listensOn } from './listening.ts';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')('only the process that listens on a port is said to', async () => {
  const port = await anyFreePort();
  expect(listensOn(process.pid, port)).toBe(false);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(listensOn(process.pid, port)).toBe(true);
  expect(listensOn(process.ppid, port)).toBe(false);
  server.close();
  await once(server, 'close');
  expect(listensOn(process.pid, port)).toBe(false);
});

test('of a process that is gone nothing is known', () => {
  expect(listensOn(4_194_305, 1)).toBeNull();
});
