import { backoffMs } from '@ebb/core';
import type { Action } from './actions.ts';

const CALM_MS = 300_000;

/**
 * Lets a step that did not help be repeated with growing pauses only. A connector that failed once is started at once, and
 * so is one that has come further since; other settings than the last ones do not wait either.
 */
export class Pacer {
  readonly #maxDelayMs: number;
  readonly #tries = new Map<string, { aim: string; count: number; nextMs: number }>();

  constructor(maxDelayMs: number) {
    this.#maxDelayMs = maxDelayMs;
  }

  /** Whether the action is due; if so, it counts as done. */
  take(action: Action, nowMs: number): boolean {
    const key = `${action.kind} ${'name' in action ? action.name : ''}`;
    if (!PACED.has(action.kind)) return true;
    const aim = aimOf(action);
    const last = this.#tries.get(key);
    const before = last?.aim === aim ? last : undefined;
    if (before !== undefined && nowMs < before.nextMs) return false;
    const isOld = before !== undefined && nowMs - before.nextMs > CALM_MS;
    const count = before === undefined || isOld ? 1 : before.count + 1;
    const delayMs = backoffMs(count, { attempts: Infinity, initialDelayMs: 1_000, maxDelayMs: this.#maxDelayMs });
    this.#tries.set(key, { aim, count, nextMs: nowMs + delayMs });
    return true;
  }
}

/** Steps whose effect may not last. */
const PACED: ReadonlySet<Action['kind']> = new Set([
  'restart_failed',
  'configure_connector',
  'create_connector',
  'set_state',
  'drop_slot',
]);

/** What makes the step another one than the last of its kind. */
function aimOf(action: Action): string {
  if (action.kind === 'restart_failed') return String(action.lsn);
  return 'definition' in action ? JSON.stringify(action.definition) : '';
}
