import type { ProcessIdentity } from '@ebb/local-stack';
import { z } from 'zod';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/**
 * Life of a part: waiting → starting → ready ⇄ restarting, → stopped. `failed` is the last word of a part that could
 * not be started at all.
 */
export const PART_STATES = ['waiting', 'starting', 'ready', 'restarting', 'stopped', 'failed'] as const;
export type PartState = (typeof PART_STATES)[number];

const identity = z.object({ pid: z.number().int(), startToken: z.string() });

const partRecord = z.object({
  state: z.enum(PART_STATES),
  process: identity.nullable(),
  port: z.number().int().nullable(),
  restarts: z.number().int(),
  since: z.string(),
  problem: z.string().nullable(),
});
export type PartRecord = z.infer<typeof partRecord>;

const stackState = z.object({
  version: z.literal(1),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped', 'failed']),
  supervisor: identity,
  /** Why the phase is `failed`. */
  problem: z.string().nullable(),
  /** What happened since this supervisor started, for whoever waits for it. */
  progress: z.array(z.string()),
  parts: z.record(z.string(), partRecord),
});
export type StackState = z.infer<typeof stackState>;

export function readState(home: StackHome): StackState | null {
  return readJsonFile(home.stateFile, stackState);
}

export function writeState(home: StackHome, state: StackState): void {
  writeJsonFile(home.stateFile, state);
}

export function newState(supervisor: ProcessIdentity, parts: readonly string[]): StackState {
  const since = new Date().toISOString();
  const waiting = { state: 'waiting' as const, process: null, port: null, restarts: 0, since, problem: null };
  return {
    version: 1,
    phase: 'starting',
    supervisor,
    problem: null,
    progress: [],
    parts: Object.fromEntries(parts.map((name) => [name, { ...waiting }])),
  };
}
