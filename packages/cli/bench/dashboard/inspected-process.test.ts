import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
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
  const told = join(folder, 'told');
  const main = script(`
    import { existsSync } from 'node:fs';
    const kept = [new Array(2_000_000).fill(0)];
    setInterval(() => { new Array(100_000).fill({}); }, 1);
    const waiting = setInterval(() => {
      if (!existsSync(${JSON.stringify(told)})) return;
      kept.push(Buffer.alloc(30 * 1024 ** 2, 1));
      clearInterval(waiting);
    }, 20);`);
  const inspected = await InspectedProcess.start(main, hostEnvironment());
  try {
    // It is inspected before its first line ran.
    await expect.poll(async () => (await inspected.memory()).heap).toBeGreaterThan(10 * MB);
    const before = await inspected.memory();
    writeFileSync(told, '');
    await expect.poll(async () => ((await inspected.memory()).heap - before.heap) / MB).toBeCloseTo(30, -1);
    const after = await inspected.memory();
    expect(after.resident).toBeGreaterThan(after.heap);
  } finally {
    await inspected.stop();
  }
});
