import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { hostEnvironment } from '@ebb/config';
import { cacheDirectory } from '@ebb/local-stack';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { disposeAfterFile } from './disposal.ts';

/** Rendering must not depend on the machine's graphics, and no test may call out to the browser's maker. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--hide-scrollbars',
];

const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface TestBrowser {
  /** Cookies, storage and cache of their own; options go over the defaults given at the launch. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A page in a new context. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/**
 * A headless Chromium, closed by itself after the file: EBB_CHROMIUM names one, else a system browser is taken, else the
 * one that comes with npm. Only in `.e2e` tests. `defaults` hold for every context: size, locale, colour scheme.
 */
export async function launchBrowser(defaults: BrowserContextOptions = {}): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: await browserPath(),
    headless: true,
    // Chromium's sandbox refuses to run for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ARGUMENTS,
  });
  disposeAfterFile(() => browser.close());
  return {
    newContext: (options) => browser.newContext({ ...defaults, ...options }),
    newPage: (options) => browser.newPage({ ...defaults, ...options }),
  };
}

async function browserPath(): Promise<string> {
  const named = hostEnvironment()['EBB_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  return SYSTEM_BROWSERS.find((path) => existsSync(path)) ?? unpackedBrowser();
}

/**
 * The npm package carries the browser compressed. Its own unpacking writes to one fixed path in /tmp, which breaks when
 * two test files do so at once, and runs whatever another user has put there; hence a rename into our cache.
 */
async function unpackedBrowser(): Promise<string> {
  const archive = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin', 'chromium.br');
  const { size, mtimeMs } = await stat(archive);
  const target = join(cacheDirectory(), `chromium-${size}-${Math.trunc(mtimeMs)}`);
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.${randomUUID()}`;
  await pipeline(createReadStream(archive), createBrotliDecompress(), createWriteStream(partial, { mode: 0o755 }));
  await rename(partial, target);
  return target;
}
