import { topOf } from './tree.ts';

/** Of a stack's folder: what it makes anew by itself, or what says where it runs now. All else is its data. */
const LEFT_OUT = new Set(['logs', 'connect', 'state.json', 'ports.json', 'restored.json', '.restoring']);
/** Within the data: locks and scratch of programs that run. */
const SCRATCH = [/^postgres\/postmaster\.(pid|opts)$/, /^kafka\/tmp(\/|$)/, /^\.[^/]*$/, /^[^/]*\.json\.\d+$/];

export function isStackData(path: string): boolean {
  return !LEFT_OUT.has(topOf(path)) && !SCRATCH.some((pattern) => pattern.test(path));
}

/** Kafka writes its indexes through memory: their times may not show a change at once. */
export function mayHideChanges(path: string): boolean {
  return /^kafka\/.*\.(index|timeindex|txnindex|snapshot)$/.test(path);
}
