import { ok, type Result } from '@ebb/core';
import { findTreeProblem, type TreeProblem } from './json-tree.ts';
import type { JsonObject } from './message-body.ts';
import { LIMITS } from './limits.ts';
import { reject, type Rejection, type RejectionCode } from './rejection.ts';

/** The `properties` of an event as compact JSON text, or null when there are none. */
export function encodeProperties(properties: JsonObject | null): Result<string | null, Rejection> {
  if (properties === null) return ok(null);
  const problem = rejectTreeProblem(properties, 'properties');
  if (problem !== null) return problem;
  return limitBytes(JSON.stringify(properties), LIMITS.propertiesBytes, 'properties');
}

/** The fields of an object that a schema does not know, as compact JSON text, or null when there are none. */
export function encodeExtra(object: JsonObject, known: ReadonlySet<string>): Result<string | null, Rejection> {
  let text = '';
  for (const key in object) {
    if (known.has(key) || !Object.hasOwn(object, key) || object[key] === undefined) continue;
    // Written piece by piece: copying a key such as `__proto__` into a new object would set its prototype instead.
    const field: JsonObject | readonly unknown[] = [key, object[key]];
    const problem = rejectTreeProblem(field, 'unknown fields');
    if (problem !== null) return problem;
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${JSON.stringify(object[key])}`;
    if (text.length > LIMITS.extraBytes) break;
  }
  return text === '' ? ok(null) : limitBytes(`${text}}`, LIMITS.extraBytes, 'unknown fields');
}

const TREE_REJECTIONS: Record<TreeProblem, readonly [RejectionCode, string]> = {
  too_deep: ['invalid_properties', `nested deeper than ${LIMITS.jsonDepth}`],
  unstorable_text: ['invalid_text', 'a key or text holds NUL or half a surrogate pair'],
  not_json: ['invalid_properties', 'a number is beyond a double, or a value is not JSON'],
};

export function rejectTreeProblem(value: unknown, what: string): Result<never, Rejection> | null {
  const problem = findTreeProblem(value);
  if (problem === null) return null;
  const [code, reason] = TREE_REJECTIONS[problem];
  return reject(code, `${what}: ${reason}`, what);
}

function limitBytes(text: string, maxBytes: number, what: string): Result<string, Rejection> {
  // A UTF-16 unit is at most 3 bytes of UTF-8, so most texts need no exact count.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return ok(text);
  return reject('properties_too_large', `${what}: ${Buffer.byteLength(text)} bytes of JSON, at most ${maxBytes}`, what);
}
