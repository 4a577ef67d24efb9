import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One JSON object per line, in the file before the next step begins: what a killed run did can be read. */
export function uploadLog(path: string, now: () => Date = () => new Date()): (entry: Record<string, unknown>) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (entry) => {
    appendFileSync(path, `${JSON.stringify({ at: now().toISOString(), ...entry })}\n`);
  };
}
