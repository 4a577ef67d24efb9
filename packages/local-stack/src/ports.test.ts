import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { anyFreePort, choosePort, isPortFree } from './ports.ts';

test('a port that somebody listens on is not free, and the next one is chosen', async () => {
  const wanted = await anyFreePort();
  expect(await choosePort(wanted)).toBe(wanted);
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(wanted)).toBe(false);
  expect(await choosePort(wanted)).toBeGreaterThan(wanted);
  server.close();
});

test('ports that are promised to others are passed over', async () => {
  const wanted = await anyFreePort();
  expect(await choosePort(wanted, new Set([wanted, wanted + 1]))).toBeGreaterThan(wanted + 1);
});

test('above the last port there is none', async () => {
  await expect(choosePort(65_536)).rejects.toMatchObject({ code: 'NO_FREE_PORT' });
});
