import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorMessage } from '@ebb/core';
import type { Metrics } from './metrics.ts';

export interface Readiness {
  ready: boolean;
  /** Why not, in words. */
  reasons: string[];
}

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

export interface HealthServerOptions {
  host: string;
  port: number;
  metrics: Metrics;
  isReady: () => Readiness;
  /** Further documents for GET, by path; null where there is none. */
  documents?: (path: string) => Promise<Document | null>;
}

export interface Document {
  status: number;
  body: unknown;
  contentType?: string;
}

/**
 * `/healthz/live` says the event loop turns, `/healthz/ready` says the service can do its work (503 with reasons
 * otherwise), `/metrics` is Prometheus text. For services without an HTTP surface of their own, but for a few documents
 * to read.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/healthz/live') sendJson(response, 200, { live: true });
    else if (path === '/healthz/ready') sendReadiness(response, options.isReady());
    else if (path === '/metrics') void sendMetrics(response, options.metrics);
    else void sendDocument(response, request.method === 'GET' ? options.documents : undefined, path ?? '/');
  });
  await listen(server, options.port, options.host);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function sendReadiness(response: ServerResponse, readiness: Readiness): void {
  sendJson(response, readiness.ready ? 200 : 503, readiness);
}

async function sendDocument(
  response: ServerResponse,
  documents: HealthServerOptions['documents'],
  path: string,
): Promise<void> {
  try {
    const document = (await documents?.(path)) ?? null;
    if (document === null) sendJson(response, 404, { error: 'not found' });
    else sendJson(response, document.status, document.body, document.contentType);
  } catch (error) {
    sendJson(response, 503, { error: errorMessage(error) });
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown, contentType = 'application/json'): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(JSON.stringify(body));
}

async function sendMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  try {
    const text = await metrics.registry.metrics();
    response.writeHead(200, { 'content-type': metrics.registry.contentType });
    response.end(text);
  } catch (error) {
    sendJson(response, 500, { error: errorMessage(error) });
  }
}
