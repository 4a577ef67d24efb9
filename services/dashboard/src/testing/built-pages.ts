import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOGIN_PAGE = fileURLToPath(new URL('../../web/login.html', import.meta.url));

/** Stands for a build: tests about the server must not need one. */
export async function builtPages(): Promise<{ directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-dashboard-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>built</title>');
  await copyFile(LOGIN_PAGE, join(directory, 'login.html'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'assets', 'index-4f2a.js'), 'export {};');
  return { directory, remove: () => rm(directory, { recursive: true }) };
}
