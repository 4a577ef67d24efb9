import { LIMITS } from './limits.ts';
import type { JsonObject } from './message-body.ts';
import { isStorableText } from './text.ts';

export type TreeProblem = 'too_deep' | 'unstorable_text' | 'not_json';

/**
 * Looks through free-form JSON for what a database or the next parser would choke on: nesting beyond the limit, texts
 * and keys with NUL or half a surrogate pair, numbers beyond a double (1e400 reads as Infinity and would be written as
 * null). Keys such as `__proto__` are plain data: nothing here assigns by key. Returns null when all is well.
 */
export function findTreeProblem(value: unknown, depth = 0): TreeProblem | null {
  if (typeof value === 'string') return isStorableText(value) ? null : 'unstorable_text';
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'not_json';
  if (value === null || typeof value === 'boolean') return null;
  if (typeof value !== 'object') return 'not_json';
  if (depth >= LIMITS.jsonDepth) return 'too_deep';
  return Array.isArray(value) ? findInArray(value, depth + 1) : findInObject(value, depth + 1);
}

function findInArray(values: readonly unknown[], depth: number): TreeProblem | null {
  for (const value of values) {
    const problem = findTreeProblem(value, depth);
    if (problem !== null) return problem;
  }
  return null;
}

function findInObject(object: object, depth: number): TreeProblem | null {
  for (const key of Object.keys(object)) {
    if (!isStorableText(key)) return 'unstorable_text';
    const problem = findTreeProblem((object as JsonObject)[key], depth);
    if (problem !== null) return problem;
  }
  return null;
}
