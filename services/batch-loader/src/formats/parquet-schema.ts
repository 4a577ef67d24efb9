import { errorMessage } from '@ebb/core';
import { parquetMetadataAsync, type SchemaElement } from 'hyparquet';
import type { ParquetColumn, ParquetKind } from '../datasets/dataset.ts';
import { FileRefused, type FileRule } from '../errors.ts';
import type { Content } from '../source/content.ts';

const MAGIC = 'PAR1';
const SMALLEST_BYTES = 12;

/** Throws FileRefused unless the file is whole and has the columns, each of its type. */
export async function checkParquetSchema(content: Content, wanted: readonly ParquetColumn[]): Promise<void> {
  const elements = await schemaOf(content);
  const expected = `expected are ${wanted.map(({ column }) => column).join(', ')}`;
  const broken: { rule: FileRule; detail: string }[] = [];
  const names = new Set(wanted.map(({ column }) => column));
  const missing = wanted.filter(({ column }) => !elements.has(column)).map(({ column }) => column);
  const unknown = [...elements.keys()].filter((name) => !names.has(name));
  if (missing.length > 0)
    broken.push({ rule: 'header_missing', detail: `no column ${missing.join(', ')}; ${expected}` });
  if (unknown.length > 0)
    broken.push({ rule: 'header_unknown', detail: `unknown column ${unknown.join(', ')}; ${expected}` });
  for (const { column, kind } of wanted) {
    const element = elements.get(column);
    if (element === undefined || kindOf(element) === kind) continue;
    const detail = `${column} is ${describe(element)} in the file, and must be ${kind}`;
    broken.push({ rule: `type_${column}`, detail });
  }
  if (broken.length > 0) throw new FileRefused(broken, [...elements.keys()].join(', '));
}

/** Columns of the first level, by name. */
async function schemaOf(content: Content): Promise<Map<string, SchemaElement>> {
  await checkEnds(content);
  try {
    const slice = async (start: number, end = content.bytes): Promise<ArrayBuffer> => {
      const bytes = await content.read(start < 0 ? content.bytes + start : start, end);
      return Uint8Array.from(bytes).buffer;
    };
    const { schema } = await parquetMetadataAsync({ byteLength: content.bytes, slice });
    return topLevel(schema);
  } catch (error) {
    const detail = `the trailer cannot be read: ${errorMessage(error)}`;
    throw new FileRefused([{ rule: 'file_format', detail }]);
  }
}

function topLevel(schema: readonly SchemaElement[]): Map<string, SchemaElement> {
  const columns = new Map<string, SchemaElement>();
  for (let at = 1; at < schema.length;) {
    const element = schema[at];
    if (element === undefined) break;
    columns.set(element.name, element);
    at = behind(schema, at);
  }
  return columns;
}

/** Position behind an element and everything in it. */
function behind(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child += 1) next = behind(schema, next);
  return next;
}

async function checkEnds(content: Content): Promise<void> {
  if (content.bytes === 0) throw new FileRefused([{ rule: 'file_empty', detail: 'the file is empty' }]);
  const start = (await content.read(0, Math.min(MAGIC.length, content.bytes))).toString('latin1');
  if (start !== MAGIC) throw new FileRefused([{ rule: 'file_format', detail: 'this is no Parquet file' }]);
  const end = await content.read(Math.max(0, content.bytes - MAGIC.length), content.bytes);
  if (content.bytes >= SMALLEST_BYTES && end.toString('latin1') === MAGIC) return;
  throw new FileRefused([{ rule: 'file_truncated', detail: 'the trailer is missing: the file is cut off' }]);
}

function kindOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): ParquetKind | null {
  if (type === 'INT32' && (converted === 'DATE' || logical?.type === 'DATE')) return 'date';
  const isText = converted === undefined || ['UTF8', 'ENUM', 'JSON'].includes(converted);
  return type === 'BYTE_ARRAY' && isText ? 'text' : null;
}

function describe({ type, converted_type: converted, num_children: children }: SchemaElement): string {
  if (children !== undefined && children > 0) return 'nested';
  return [type, converted].filter((part) => part !== undefined).join(' ');
}
