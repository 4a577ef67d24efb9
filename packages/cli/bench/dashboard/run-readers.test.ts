import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { reportReadings } from './reading-report.ts';
import { type Reading, runReaders } from './run-readers.ts';

const endpoint = (path: string, contentType = 'application/json') => ({ path, contentType, parameters: [] });
const PAGES = [[endpoint('/api/overview'), endpoint('/api/gone')], [endpoint('/api/live/stream', 'text/event-stream')]];
const CHOICES = { sources: ['shop'], days: ['2026-03-14'], customers: [{ source: 'shop', customer: 'u1' }] };

let url: string;
const connections = new Set<Socket>();
let openStreams = 0;
let streams = 0;

function answer({ url: path }: IncomingMessage, response: ServerResponse): void {
  if (path === '/api/live/stream') {
    openStreams += 1;
    streams += 1;
    response.on('close', () => (openStreams -= 1));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\nevent: snap');
    setTimeout(() => response.write('shot\ndata: {}\n\n'), 50);
  } else if (path === '/api/gone') response.writeHead(503).end('{}');
  else response.end('{}');
}

beforeAll(async () => {
  const server = createServer(answer).on('connection', (socket) => connections.add(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => {
    server.closeAllConnections();
    server.close();
  };
});

test('readers go from page to page over connections that stay open, and leave their streams', async () => {
  const readings: Reading[] = [];
  const done = new AbortController();
  const options = { url, pages: PAGES, choices: CHOICES, readers: 10, seed: 'readers' };
  const reading = runReaders(options, done.signal, (one) => readings.push(one));
  await expect.poll(() => [readings.length > 40, streams > 5]).toEqual([true, true]);
  expect(openStreams).toBeLessThanOrEqual(10);
  done.abort();
  await reading;
  await expect.poll(() => openStreams).toBe(0);
  const { byEndpoint, refused } = reportReadings(readings);
  expect(byEndpoint.map((one) => one.endpoint)).toEqual(['/api/gone', '/api/live/stream', '/api/overview']);
  expect(refused).toEqual({ '503 /api/gone': byEndpoint[0]?.spread.count });
  // Until the figures, not until the first bytes.
  expect(byEndpoint[1]?.spread.p50Ms).toBeGreaterThanOrEqual(45);
  expect(connections.size).toBeLessThan(readings.length);
});
