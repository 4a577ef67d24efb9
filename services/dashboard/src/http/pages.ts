import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

export const DIST_DIRECTORY = fileURLToPath(new URL('../../dist', import.meta.url));

/** Addresses of the front end's pages; each is answered with index.html, everything else must be a file. */
export const PAGE_PATHS = [
  '/',
  '/overview',
  '/segments',
  '/customers',
  '/funnel',
  '/churn',
  '/quality',
  '/pipeline',
  '/lineage',
  '/contract',
  '/about',
] as const;

export const BUILD_HINT = 'The front end is not built: run “npm run build -w @ebb/dashboard” (“ebb up” does it).';

export function isBuilt(directory: string): boolean {
  return existsSync(`${directory}/index.html`);
}

/** Serves the built front end. Files under /assets carry a hash in their name, so browsers may keep them for good. */
export async function registerPages(app: FastifyInstance, directory: string): Promise<void> {
  if (!isBuilt(directory)) {
    for (const path of PAGE_PATHS)
      app.get(path, (_, reply) => reply.code(503).type('text/plain').send(`${BUILD_HINT}\n`));
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (response, path) => {
      const isHashed = path.startsWith(`${directory}/assets/`);
      void response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const path of PAGE_PATHS) app.get(path, (_, reply) => reply.sendFile('index.html'));
}
