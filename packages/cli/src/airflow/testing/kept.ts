import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import type { Page } from 'playwright-core';
import { REPOSITORY } from '../../stack/home.ts';

/** For whoever wants to look: screenshots, mails, rows before and after. */
const KEPT = join(REPOSITORY, 'test-output', 'airflow');
/** Those that the README shows; they have times in them, so they are made anew by `make screenshots` alone. */
const PICTURES = join(REPOSITORY, 'airflow', 'screenshots');

export function emptyKept(): void {
  rmSync(KEPT, { recursive: true, force: true });
  mkdirSync(KEPT, { recursive: true });
}

export function keepJson(name: string, content: unknown): void {
  writeFileSync(join(KEPT, `${name}.json`), JSON.stringify(content, null, 2));
}

/** The whole page; with `picture`, what stands in the window is a picture of the README under this name. */
export async function keep(page: Page, name: string, picture?: string): Promise<void> {
  await page.screenshot({ path: join(KEPT, `${name}.png`), fullPage: true });
  if (picture === undefined || hostEnvironment()['UPDATE_SCREENSHOTS'] !== '1') return;
  await page.screenshot({ path: join(PICTURES, `${picture}.png`) });
}
