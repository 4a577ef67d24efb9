import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { sleep } from '@ebb/core';
import { afterAll, expect, test } from 'vitest';
import { InspectedProcess } from './inspected-process.ts';

const MB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'ebb-inspected-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(text: string): string {
  const file = join(folder, 'main.mjs');
  writeFileSync(file, text);
  return file;
}

test('what is thrown away is not counted, what is kept is', async () => {
  const main = script(`
    const kept = [new Array(2_000_000).fill(0)];
    setInterval(() => { new Array(100_000).fill({}); }, 1);
    setTimeout(() => kept.push(Buffer.alloc(30 * 1024 ** 2, 1)), 1_000);`);
  const inspected = await InspectedProcess.start(main, hostEnvironment());
  try {
    const before = await inspected.memory();
    await sleep(2_000);
    const after = await inspected.memory();
    expect(before.heap).toBeGreaterThan(10 * MB);
    expect((after.heap - before.heap) / MB).toBeCloseTo(30, -1);
    expect(after.resident).toBeGreaterThan(after.heap);
  } finally {
    await inspected.stop();
  }
});
