import type { ConsumedMessage } from '@ebb/kafka';
import type { CaptureCode } from './failures.ts';
import { LsnTooLargeError, parseSequence, type Sequence } from './position.ts';

export const EPOCH_HEADER = 'ebb-epoch';

export type RowOperation = 'c' | 'u' | 'd' | 'r';
export type RowValues = Readonly<Record<string, unknown>>;

export interface ChangeSource {
  readonly schema: string;
  readonly table: string;
  readonly epoch: number;
  readonly sequence: Sequence;
  readonly snapshot: 'none' | 'initial' | 'incremental';
  /** Commit time in Postgres, microseconds since 1970; for snapshots the time of reading. */
  readonly commitTimeUs: number;
}

export interface RowChange {
  readonly kind: 'row';
  readonly op: RowOperation;
  readonly before: RowValues | null;
  readonly after: RowValues | null;
  readonly source: ChangeSource;
}

export type Envelope =
  | RowChange
  | { readonly kind: 'truncate'; readonly source: ChangeSource }
  /** Nothing to store: the tombstone after a delete, a logical message. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'invalid'; readonly code: CaptureCode; readonly message: string }
  | { readonly kind: 'stop'; readonly reason: string };

const NOTHING: Envelope = { kind: 'nothing' };
const MAX_EPOCH = 65_535;

/**
 * Reads one change event of Debezium's JSON converter without embedded schemas. Total: every message gives an envelope.
 * `exact` parses whole numbers beyond 2^53 as bigints, at several times the cost.
 */
export function decodeEnvelope(message: ConsumedMessage, exact = false): Envelope {
  if (message.value === null) return NOTHING;
  const epoch = epochOf(message.headers[EPOCH_HEADER]);
  if (epoch === undefined) {
    return invalid('missing_epoch', `header ${EPOCH_HEADER} is ${JSON.stringify(message.headers[EPOCH_HEADER])}`);
  }
  let body: unknown;
  try {
    const text = message.value.toString('utf8');
    body = exact ? parseExactly(text) : JSON.parse(text);
  } catch (error) {
    return invalid('invalid_change', `not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(body)) return invalid('invalid_change', 'the message is JSON, but not an object');
  return readBody(body, epoch);
}

function readBody(body: RowValues, epoch: number): Envelope {
  const { op } = body;
  if (op === 'm') return NOTHING;
  if (op !== 'c' && op !== 'u' && op !== 'd' && op !== 'r' && op !== 't') {
    return invalid('invalid_change', `unknown operation ${JSON.stringify(op)}`);
  }
  const source = readSource(body['source'], epoch);
  if ('kind' in source) return source;
  if (op === 't') return { kind: 'truncate', source };
  const before = body['before'] ?? null;
  const after = body['after'] ?? null;
  if (!isRowOrNull(before) || !isRowOrNull(after)) return invalid('invalid_change', 'before or after is no row');
  if ((op === 'd' ? before : after) === null) {
    return invalid('invalid_change', `operation ${op} without its row: is the replica identity FULL?`);
  }
  return { kind: 'row', op, before, after, source };
}

function readSource(value: unknown, epoch: number): ChangeSource | Envelope {
  if (!isRecord(value)) return invalid('invalid_change', 'the message has no source');
  const { schema, table } = value;
  if (typeof schema !== 'string' || typeof table !== 'string' || table === '') {
    return invalid('invalid_change', 'the source names no table');
  }
  const commitTimeUs = timeOf(value);
  if (commitTimeUs === undefined) return invalid('invalid_change', 'the source has no time');
  try {
    const snapshot = snapshotOf(value['snapshot']);
    const sequence = parseSequence(value['sequence']);
    if (sequence === undefined && snapshot !== 'incremental') {
      return invalid('invalid_change', `source.sequence is ${JSON.stringify(value['sequence'])?.slice(0, 100)}`);
    }
    return { schema, table, epoch, sequence: sequence ?? { commit: null, change: null }, snapshot, commitTimeUs };
  } catch (error) {
    if (error instanceof LsnTooLargeError) return { kind: 'stop', reason: error.message };
    throw error;
  }
}

function snapshotOf(value: unknown): ChangeSource['snapshot'] {
  if (value === 'incremental') return 'incremental';
  return value === undefined || value === null || value === 'false' || value === false ? 'none' : 'initial';
}

function timeOf(source: RowValues): number | undefined {
  const micros = source['ts_us'];
  if (typeof micros === 'number' && Number.isSafeInteger(micros)) return micros;
  const millis = source['ts_ms'];
  return typeof millis === 'number' && Number.isSafeInteger(millis) ? millis * 1000 : undefined;
}

const epochs = new Map<string, number | undefined>();

function epochOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (epochs.has(header)) return epochs.get(header);
  const value = /^\d{1,5}$/.test(header) ? Number(header) : 0;
  const epoch = value >= 1 && value <= MAX_EPOCH ? value : undefined;
  if (epoch !== undefined) epochs.set(header, epoch);
  return epoch;
}

function parseExactly(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
    const digits = context?.source ?? '';
    return /^-?\d+$/.test(digits) ? BigInt(digits) : value;
  }) as (key: string, value: unknown) => unknown);
}

function invalid(code: CaptureCode, message: string): Envelope {
  return { kind: 'invalid', code, message };
}

function isRowOrNull(value: unknown): value is RowValues | null {
  return value === null || isRecord(value);
}

function isRecord(value: unknown): value is RowValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
