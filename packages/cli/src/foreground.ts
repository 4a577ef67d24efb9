import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Waits for the end of a program in the same terminal; its exit code becomes ours. */
export async function inForeground(child: ChildProcess): Promise<void> {
  // The terminal sends Ctrl-C to both; only a signal meant for this process alone must be handed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
}
