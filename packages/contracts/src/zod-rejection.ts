import type { z } from 'zod';
import { reject, type Rejection, showValue } from './rejection.ts';
import type { Result } from '@ebb/core';

/** Turns the first problem that a schema found into a rejection that names the field and the offending value. */
export function rejectIssue(error: z.ZodError, value: unknown): Result<never, Rejection> {
  const issue = error.issues[0];
  if (issue === undefined) return reject('invalid_field', 'the event does not match its schema');
  const path = formatPath(issue.path);
  const found = valueAt(value, issue.path);
  if (found === undefined || found === null || found === '') {
    return reject('missing_field', `${path} is required`, path);
  }
  return reject('invalid_field', `${path} is ${showValue(found)}: ${issue.message}`, path);
}

function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text.slice(0, 200);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[part];
  }
  return at;
}
