import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { sleep } from '@ebb/core';
import { afterAll, expect, test } from 'vitest';
import { BENCHMARKS } from '../commands/bench.ts';
import { REPOSITORY } from '../stack/home.ts';
import { runScript } from './run-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'ebb-run-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('a script that does not exit 0 is an error', async () => {
  await runScript(script('fine.mjs', ''), [], hostEnvironment());
  const bad = script('bad.mjs', 'process.exitCode = Number(process.argv[2]);');
  await expect(runScript(bad, ['3'], hostEnvironment())).rejects.toMatchObject({ code: 'BENCHMARK_FAILED' });
});

test('interrupted, a script is told once and waited for', async () => {
  const file = script(
    'servers.mjs',
    `import { appendFileSync } from 'node:fs';
     const note = (text) => appendFileSync(process.argv[2], text);
     process.on('SIGTERM', () => { note('told '); setTimeout(() => { note('ended'); process.exit(0); }, 200); });
     setInterval(() => {}, 1000);
     note('up ');`,
  );
  const notes = join(folder, 'notes');
  const running = runScript(file, [notes], hostEnvironment());
  while (!existsSync(notes)) await sleep(10);
  process.emit('SIGHUP', 'SIGHUP');
  await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(readFileSync(notes, 'utf8')).toBe('up told ended');
});

test.each(Object.entries(BENCHMARKS))('the script of %s is there', (_name, benchmark) => {
  expect(existsSync(join(REPOSITORY, benchmark.script))).toBe(true);
});
