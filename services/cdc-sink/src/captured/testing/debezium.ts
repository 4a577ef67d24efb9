import type { ConsumedMessage } from '@ebb/kafka';

export type Row = Record<string, unknown>;

export interface ChangeInput {
  readonly op: 'c' | 'u' | 'd' | 'r' | 't';
  readonly before?: Row | null;
  readonly after?: Row | null;
  readonly commit: number | null;
  readonly lsn: number;
  readonly epoch?: number;
  readonly snapshot?: 'true' | 'incremental' | null;
  readonly schema?: string;
  readonly table?: string;
}

/** The body of a change event as the connector writes it; bigints become bare numbers. */
export function changeBody(change: ChangeInput): string {
  const { op, before = null, after = null, commit, lsn, snapshot = null, schema = 'crm', table = 'items' } = change;
  const sequence = JSON.stringify([commit === null ? null : String(commit), String(lsn)]);
  const source = {
    version: '3.6.3.Final',
    connector: 'postgresql',
    name: 'cdc',
    ts_ms: 1_795_274_645_815,
    snapshot,
    db: 'ebb',
    sequence,
    ts_us: 1_795_274_645_815_566,
    schema,
    table,
    txId: 900,
    lsn: snapshot === 'incremental' ? null : lsn,
    xmin: null,
  };
  const body = JSON.stringify(
    { before, after, source, transaction: null, op, ts_ms: 1_795_274_645_838 },
    (_key, value: unknown) => (typeof value === 'bigint' ? `bigint:${value}` : value),
  );
  return body.replaceAll(/"bigint:(-?\d+)"/g, '$1');
}

export function changeMessage(offset: number, change: ChangeInput): ConsumedMessage {
  return {
    offset,
    timestampMs: 1_795_274_646_256,
    value: Buffer.from(changeBody(change)),
    headers: { 'ebb-epoch': String(change.epoch ?? 1) },
  };
}

export function tombstone(offset: number): ConsumedMessage {
  return { offset, timestampMs: 1_795_274_646_256, value: null, headers: { 'ebb-epoch': '1' } };
}
