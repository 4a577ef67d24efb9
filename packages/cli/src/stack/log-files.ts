import { copyFileSync, existsSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { StackHome } from './home.ts';

const MAX_LOG_BYTES = 32 * 1024 ** 2;

/**
 * Keeps each log and one predecessor. The processes write with O_APPEND into descriptors they keep open, so the file
 * is copied and emptied in place; what is written in between may be lost.
 */
export function rotateLogs(home: StackHome, maxBytes = MAX_LOG_BYTES): void {
  for (const name of readdirSync(home.logs)) {
    const file = join(home.logs, name);
    if (!name.endsWith('.log') || !existsSync(file) || statSync(file).size <= maxBytes) continue;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  }
}
