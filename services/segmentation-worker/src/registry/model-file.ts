import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { isEbbError } from '@ebb/core';
import type { ObjectStore } from '@ebb/object-store';
import { z } from 'zod';
import { WorkerError } from '../errors.ts';

/** Grows when a reader of older files must know. */
const FORMAT = 1;
const envelope = z.strictObject({ format: z.literal(FORMAT), sha256: z.string(), model: z.string() });

export interface StoredModelFile {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** `models/rfm_segments/retail_files/<id>.json`. */
export function modelFileKey(kind: string, source: string, id: string): string {
  return `models/${kind}/${source}/${id}.json`;
}

/**
 * The file's bytes: the model as JSON text inside JSON, beside the SHA-256 of that text, so that a file that was cut short
 * or changed tells by itself. Numbers are written so that they are read back to the last bit (ECMA-262 Number::toString).
 */
export function encodeModel(model: unknown): { content: Buffer; sha256: string } {
  const text = JSON.stringify(model);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { content: Buffer.from(`${JSON.stringify({ format: FORMAT, sha256, model: text })}\n`), sha256 };
}

/** The model in these bytes; raises MODEL_FILE where they are not what was written. */
export function decodeModel<T>(content: Buffer, schema: z.ZodType<T>, key: string): T {
  const parsed = envelope.safeParse(parseJson(content.toString('utf8'), key));
  if (!parsed.success) throw damaged(key, 'it is no model file of this version');
  const { sha256, model } = parsed.data;
  if (createHash('sha256').update(model).digest('hex') !== sha256) throw damaged(key, 'its checksum is another');
  const value = schema.safeParse(parseJson(model, key));
  if (!value.success) throw damaged(key, `it holds another kind of model: ${z.prettifyError(value.error)}`);
  return value.data;
}

export async function storeModel(store: ObjectStore, key: string, model: unknown): Promise<StoredModelFile> {
  const { content, sha256 } = encodeModel(model);
  await store.put(key, content, { contentType: 'application/json', size: content.length });
  return { key, sha256, bytes: content.length };
}

/** Reads a registered model; raises MODEL_FILE also where the file is not the one that was registered. */
export async function readModel<T>(
  store: ObjectStore,
  file: Pick<StoredModelFile, 'key' | 'sha256'>,
  schema: z.ZodType<T>,
): Promise<T> {
  const content = await readFile(store, file.key);
  const model = decodeModel(content, schema, file.key);
  const sha256 = createHash('sha256')
    .update(envelope.parse(JSON.parse(content.toString('utf8'))).model)
    .digest('hex');
  if (sha256 !== file.sha256) throw damaged(file.key, 'it is another model than the registered one');
  return model;
}

async function readFile(store: ObjectStore, key: string): Promise<Buffer> {
  try {
    return await buffer(await store.get(key));
  } catch (error) {
    if (isEbbError(error, 'NO_SUCH_KEY')) throw damaged(key, 'it is missing', error);
    throw error;
  }
}

function parseJson(text: string, key: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(key, 'it is cut short or no JSON', error);
  }
}

function damaged(key: string, what: string, cause?: unknown): WorkerError {
  return new WorkerError('MODEL_FILE', `model file ${key}: ${what}; train again, or restore the file`, { cause });
}
