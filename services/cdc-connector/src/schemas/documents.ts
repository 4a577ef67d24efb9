import { z } from 'zod';
import type { RegisteredSchema } from './registry.ts';

/** As registries of schemas answer, so that their clients can read this one. */
export interface SchemaAnswer {
  status: number;
  body: unknown;
  contentType: string;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const versionPart = z.union([
  z.literal('latest'),
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
]);
const idPart = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);

type Registry = ReadonlyMap<string, readonly RegisteredSchema[]>;

/** Whether the path is one of this interface; anything else is somebody else's. */
export function isSchemaPath(path: string): boolean {
  return path === '/subjects' || path.startsWith('/subjects/') || path.startsWith('/schemas/ids/');
}

/**
 * `/subjects`, `/subjects/S/versions`, `/subjects/S/versions/V` (a number or `latest`), `/schemas/ids/ID`. Subjects are
 * `<topic>-key` and `<topic>-value`.
 */
export function schemaDocument(path: string, registry: Registry): SchemaAnswer {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  if (parts[0] === 'schemas') return byId(parts[2] ?? '', registry);
  const [, subject, versions, version] = parts;
  if (subject === undefined) return answer([...registry.keys()].toSorted());
  const found = registry.get(subject);
  if (found === undefined) return failure(404, 40_401, `Subject '${subject}' not found.`);
  if (versions !== 'versions' || parts.length > 4) return failure(404, 404, 'HTTP 404 Not Found');
  if (version === undefined) return answer(found.map((one) => one.version));
  return byVersion(version, found);
}

function byVersion(text: string, versions: readonly RegisteredSchema[]): SchemaAnswer {
  const wanted = versionPart.safeParse(text);
  if (!wanted.success) return failure(422, 42_202, `The specified version '${text}' is not a valid version id.`);
  const found = wanted.data === 'latest' ? versions.at(-1) : versions.find(({ version }) => version === wanted.data);
  return found === undefined ? failure(404, 40_402, `Version ${text} not found.`) : answer(found);
}

function byId(text: string, registry: Registry): SchemaAnswer {
  const wanted = idPart.safeParse(text);
  const all = [...registry.values()].flat();
  const found = wanted.success ? all.find(({ id }) => id === wanted.data) : undefined;
  if (found === undefined) return failure(404, 40_403, `Schema ${text} not found`);
  return answer({ schemaType: found.schemaType, schema: found.schema });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function answer(body: unknown): SchemaAnswer {
  return { status: 200, body, contentType: CONTENT_TYPE };
}

function failure(status: number, code: number, message: string): SchemaAnswer {
  return { status, body: { error_code: code, message }, contentType: CONTENT_TYPE };
}
