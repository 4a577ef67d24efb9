import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { loadAssets } from './assets.ts';
import { bundleScript } from './browser-bundle.ts';

test('the served scripts are valid classic scripts without types, imports or comments', () => {
  const { tracker, shopScript } = loadAssets();
  for (const { body } of [tracker, shopScript]) {
    const text = body.toString();
    expect(() => new Script(text)).not.toThrow();
    expect(text).not.toMatch(/^\s*(import |export |interface |\/\/|\/\*)/m);
  }
  expect(tracker.gzipped.length).toBeLessThan(8_000);
});

test('module syntax the joining does not know is refused instead of served', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ebb-bundle-'));
  writeFileSync(join(directory, 'a.ts'), "export const one: number = 1;\nexport * from './b.ts';\n");
  expect(() => bundleScript(directory, ['a.ts'])).toThrow(/a\.ts/);
});
