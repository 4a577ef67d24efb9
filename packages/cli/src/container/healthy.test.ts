import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What it ends with: 0 or 1, or the name of the signal that ended it. */
async function checkOf(port: number): Promise<unknown> {
  const check = spawn('bash', [join(import.meta.dirname, 'healthy.sh'), String(port)], { stdio: 'ignore' });
  const [code, signal] = await once(check, 'exit');
  return signal ?? code;
}

const answering = (listener: RequestListener): Promise<number> => portOf(createServer(listener));

test('a service is healthy when it says that it is ready, and asked for nothing else', async () => {
  const asked: string[] = [];
  const port = await answering(({ url, method }, response) => {
    asked.push(`${method} ${url}`);
    response.end('{"status":"ready"}');
  });
  expect(await checkOf(port)).toBe(0);
  expect(asked).toEqual(['GET /healthz/ready']);
});

test.each([503, 500, 404])('not when it answers %i', async (status) => {
  expect(await checkOf(await answering((_, response) => response.writeHead(status).end()))).toBe(1);
});

test('not when it hangs up, says nothing, or is not there', async () => {
  expect(await checkOf(await portOf(createSocketServer((socket) => socket.resetAndDestroy())))).toBe(1);
  expect(await checkOf(await portOf(createSocketServer()))).toBe(1);
  const gone = createSocketServer();
  const port = await portOf(gone);
  gone.close();
  await once(gone, 'close');
  expect(await checkOf(port)).toBe(1);
});
