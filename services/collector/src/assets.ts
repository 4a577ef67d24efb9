import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleScript } from './browser-bundle.ts';

/** A file as it is served, compressed once at the start. */
export interface Asset {
  type: string;
  body: Buffer;
  gzipped: Buffer;
  etag: string;
}

export interface Assets {
  tracker: Asset;
  shopPage: Asset;
  shopScript: Asset;
  shopStyle: Asset;
}

const BROWSER = join(import.meta.dirname, '..', 'browser');
const TRACKER_FILES = ['identity.ts', 'page-context.ts', 'sender.ts', 'transport.ts', 'tracker.ts', 'start.ts'];
const SHOP_FILES = ['catalogue.ts', 'cart.ts', 'elements.ts', 'activity.ts', 'orders.ts', 'pages.ts', 'shop.ts'];

export function loadAssets(): Assets {
  const shop = join(BROWSER, 'shop');
  return {
    tracker: asset('text/javascript; charset=utf-8', bundleScript(join(BROWSER, 'tracker'), TRACKER_FILES)),
    shopPage: asset('text/html; charset=utf-8', readFileSync(join(shop, 'index.html'), 'utf8')),
    shopScript: asset('text/javascript; charset=utf-8', bundleScript(shop, SHOP_FILES)),
    shopStyle: asset('text/css; charset=utf-8', readFileSync(join(shop, 'shop.css'), 'utf8')),
  };
}

function asset(type: string, text: string): Asset {
  const body = Buffer.from(text);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { type, body, gzipped: gzipSync(body, { level: 9 }), etag };
}
