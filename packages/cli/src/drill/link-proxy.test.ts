import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { sleep } from '@ebb/core';
import { eventually } from '@ebb/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LinkProxy } from './link-proxy.ts';

/** A server that answers what it gets, in capitals. */
let server: Server;
let served: Socket[];
let proxy: LinkProxy;

beforeEach(async () => {
  served = [];
  server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await LinkProxy.start({ port: 0, upstreamPort: () => portOf(server) });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of served) socket.destroy();
  server.close();
});

function portOf(listening: Server): number {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Client {
  socket: Socket;
  received: () => string;
  /** Error code, or "" for an orderly end. */
  ended: Promise<string>;
}

function dial(): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : 'error'));
    socket.on('close', () => resolve(''));
  });
  return { socket, received: () => text, ended };
}

test('an open link carries bytes both ways, megabytes too, and an end in order', async () => {
  const client = dial();
  const big = 'x'.repeat(3_000_000);
  client.socket.end(big);
  await eventually(() => client.received().length === big.length);
  expect(client.received()).toBe(big.toUpperCase());
  expect(await client.ended).toBe('');
  await eventually(() => proxy.connections === 0);
});

test('a reset link ends what stood with an error, refuses more, and takes new connections when healed', async () => {
  const client = dial();
  client.socket.write('a');
  await eventually(() => client.received() === 'A');
  const serverSaw = new Promise((resolve) => served[0]?.on('close', resolve));
  proxy.setMode('reset');
  expect(await client.ended).toBe('ECONNRESET');
  await serverSaw;
  expect(await dial().ended).toBe('ECONNRESET');
  proxy.setMode('open');
  const later = dial();
  later.socket.write('b');
  await eventually(() => later.received() === 'B');
});

test('a silent link passes nothing, ends nothing, and delivers what was sent when it heals', async () => {
  const standing = dial();
  standing.socket.write('a');
  await eventually(() => standing.received() === 'A');
  proxy.setMode('silent');
  standing.socket.write('b');
  served[0]?.write('push');
  const fresh = dial();
  fresh.socket.write('c');
  await sleep(200);
  expect([standing.received(), fresh.received(), served.length]).toEqual(['A', '', 1]);
  expect(standing.socket.destroyed || fresh.socket.destroyed).toBe(false);
  proxy.setMode('open');
  await eventually(() => standing.received() === 'ApushB' && fresh.received() === 'C');
});

test('who went away while the link was silent is missed only once it heals', async () => {
  const client = dial();
  client.socket.write('a');
  await eventually(() => client.received() === 'A');
  proxy.setMode('silent');
  served[0]?.resetAndDestroy();
  await sleep(200);
  expect(client.socket.destroyed).toBe(false);
  proxy.setMode('open');
  await client.ended;
  await eventually(() => proxy.connections === 0);
});

test('a server that does not listen refuses, through the proxy too', async () => {
  server.close();
  await once(server, 'close');
  expect(await dial().ended).toBe('ECONNRESET');
  await eventually(() => proxy.connections === 0);
});
