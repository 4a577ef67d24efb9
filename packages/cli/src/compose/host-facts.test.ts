import { createServer } from 'node:net';
import { anyFreePort } from '@ebb/local-stack';
import { expect, it } from 'vitest';
import { isBusy } from './host-facts.ts';

it('sees that a port is taken, and that it is free again', async () => {
  const address = { host: '127.0.0.1', port: await anyFreePort() };
  expect(await isBusy(address)).toBe(false);
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(address, resolve));
  expect(await isBusy(address)).toBe(true);
  await new Promise((resolve) => void server.close(resolve));
  expect(await isBusy(address)).toBe(false);
});
