#!/usr/bin/env node
// Runs the CLI with the Node of this workspace: sources are TypeScript, which older hosts' Node cannot run.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = join(here, '..', 'src', 'main.ts');
const bundled = join(here, '../../../node_modules/node/bin/node');
const isRecent = Number(process.versions.node.split('.')[0]) >= 24;

if (!isRecent && !existsSync(bundled)) {
  process.stderr.write('ebb: dependencies are not installed; run `make install` first\n');
  process.exitCode = 1;
} else {
  const node = isRecent ? process.execPath : bundled;
  const args = [main, ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; this process only has to wait for the answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
