import { type DeadLetter, makeDeadLetter } from '@ebb/contracts';
import { uuidV5 } from '@ebb/core';
import type { ConsumedMessage } from '@ebb/kafka';
import { SERVICE_NAME } from '../service-name.ts';
import { type ChangeSource, decodeEnvelope, type RowChange, type RowValues } from './envelope.ts';
import {
  type CaptureCode,
  InexactNumberError,
  SchemaMismatchError,
  UnavailableValueError,
  ValueError,
} from './failures.ts';
import { type Layout, layoutProblem, type RowMeta } from './layout.ts';
import {
  comparePositions,
  incrementalFloor,
  initialPosition,
  LSN_ZERO,
  type Lsn,
  type Position,
  position,
} from './position.ts';
import type { TableRows } from './table-rows.ts';
import type { CapturedChunk } from './types.ts';

/** What the decoder asks of the tables. */
export interface Schemas {
  /** The layout of a change, by where it was made. */
  layoutAt(source: ChangeSource, lsn: Lsn): LayoutVerdict;
  /**
   * Every layout that a change may have been made under, the newest first: of one that was logged at a known position none
   * that is surely younger.
   */
  otherLayouts(source: ChangeSource, loggedAt: Lsn | null): Layout[];
}

export type LayoutVerdict =
  | { readonly kind: 'layout'; readonly layout: Layout }
  | { readonly kind: 'stop'; readonly reason: string }
  /** A table nobody captures. */
  | { readonly kind: 'ignore' };

export interface Truncate {
  readonly oid: number;
  readonly name: string;
  readonly position: Position;
}

/** What a chunk holds beside its rows. */
export interface DecodedChunk {
  readonly deadLetters: readonly DeadLetter[];
  readonly truncates: readonly Truncate[];
  readonly max: Position;
  readonly nextOffset: number;
  /** Why the table has to stop at `nextOffset`. */
  readonly stopReason?: string;
}

export interface ChunkTools {
  readonly schemas: Schemas;
  readonly rows: TableRows;
  readonly nowMs: () => number;
  /** Fills in values the message does not have; null where they are not to be found. */
  readonly findUnavailable: (layout: Layout, change: RowChange, meta: RowMeta) => Promise<RowValues | null>;
}

const DEAD_LETTERS = '5d0d8a35-3c0f-4f0b-9a6b-7f3f9a2f3c11';

/** Turns the messages of one chunk into rows, in order. */
export class ChunkDecoder {
  readonly #tools: ChunkTools;
  readonly #chunk: CapturedChunk;
  readonly #deadLetters: DeadLetter[] = [];
  readonly #truncates: Truncate[] = [];
  #max: Position;
  #stopReason: string | undefined;

  constructor(tools: ChunkTools, chunk: CapturedChunk, max: Position) {
    this.#tools = tools;
    this.#chunk = chunk;
    this.#max = max;
  }

  async decode(fromOffset: number): Promise<DecodedChunk> {
    for (const message of this.#chunk.messages) {
      if (message.offset < fromOffset) continue;
      const waiting = this.#take(message);
      if (waiting !== undefined) await waiting;
      if (this.#stopReason !== undefined) return this.#result(message.offset, this.#stopReason);
    }
    return this.#result(this.#chunk.toOffset, undefined);
  }

  #result(nextOffset: number, stopReason: string | undefined): DecodedChunk {
    return {
      deadLetters: this.#deadLetters,
      truncates: this.#truncates,
      max: this.#max,
      nextOffset,
      ...(stopReason === undefined ? {} : { stopReason }),
    };
  }

  /** A promise only where something has to be looked up. */
  #take(message: ConsumedMessage): Promise<void> | undefined {
    const envelope = decodeEnvelope(message);
    switch (envelope.kind) {
      case 'nothing':
        return undefined;
      case 'invalid':
        this.#bury(message, envelope.code, envelope.message);
        return undefined;
      case 'stop':
        this.#stop(message, envelope.reason);
        return undefined;
      case 'truncate':
        this.#takeTruncate(message, envelope.source);
        return undefined;
      case 'row':
        return this.#takeRow(message, envelope);
      default:
        return envelope satisfies never;
    }
  }

  #takeTruncate(message: ConsumedMessage, source: ChangeSource): void {
    const at = this.#positionOf(source);
    const verdict = this.#tools.schemas.layoutAt(source, lsnOf(source, at));
    if (verdict.kind === 'stop') return this.#stop(message, verdict.reason);
    if (verdict.kind === 'ignore') return;
    const { row } = verdict.layout;
    this.#truncates.push({ oid: row.oid, name: `${row.schema}.${row.table}`, position: at });
    this.#seen(at);
  }

  #takeRow(message: ConsumedMessage, change: RowChange): Promise<void> | undefined {
    const at = this.#positionOf(change.source);
    const verdict = this.#tools.schemas.layoutAt(change.source, lsnOf(change.source, at));
    if (verdict.kind === 'stop') {
      this.#stop(message, verdict.reason);
      return undefined;
    }
    if (verdict.kind === 'ignore') return undefined;
    const waiting = this.#write(message, change, { layout: verdict.layout, at });
    if (this.#stopReason === undefined) this.#seen(at);
    return waiting;
  }

  #write(
    message: ConsumedMessage,
    change: RowChange,
    { layout, at }: { layout: Layout; at: Position },
  ): Promise<void> | undefined {
    const problem = layoutProblem(layout);
    if (problem !== undefined) {
      this.#bury(message, 'value_out_of_range', problem);
      return undefined;
    }
    const meta = this.#metaOf(message, change, at);
    try {
      this.#tools.rows.add(layout, change, meta);
      return undefined;
    } catch (error) {
      return this.#recover(error, message, { change, layout, meta });
    }
  }

  #recover(
    error: unknown,
    message: ConsumedMessage,
    { change, layout, meta }: { change: RowChange; layout: Layout; meta: RowMeta },
  ): Promise<void> | undefined {
    if (error instanceof InexactNumberError) {
      const exact = decodeEnvelope(message, true);
      if (exact.kind === 'row') return this.#write(message, exact, { layout, at: meta.position });
    }
    if (error instanceof UnavailableValueError) return this.#fill(message, { change, layout, meta });
    if (error instanceof SchemaMismatchError) return this.#tryOthers(message, change, { layout, meta, error });
    if (!(error instanceof ValueError)) throw error;
    this.#bury(message, 'value_out_of_range', error.message);
    return undefined;
  }

  /** Values that are in no log: they did not change, so what the row had before is what it has. */
  async #fill(
    message: ConsumedMessage,
    { change, layout, meta }: { change: RowChange; layout: Layout; meta: RowMeta },
  ): Promise<void> {
    const after = await this.#tools.findUnavailable(layout, change, meta);
    const shown = `${layout.row.schema}.${layout.row.table}: set REPLICA IDENTITY FULL and read the row again`;
    if (after === null) return this.#bury(message, 'unavailable_value', shown);
    try {
      this.#tools.rows.add(layout, { ...change, after }, meta);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#bury(message, 'unavailable_value', `${shown} (${error.message})`);
    }
  }

  /**
   * Rows that were read, not logged, and changes whose column set was noticed late: any schema of the table that fits
   * exactly is the right one. If none does, history does not know it yet, or never will.
   */
  #tryOthers(
    message: ConsumedMessage,
    change: RowChange,
    { layout, meta, error }: { layout: Layout; meta: RowMeta; error: SchemaMismatchError },
  ): Promise<void> | undefined {
    // Rows that were read show the columns there were by then.
    const loggedAt = change.source.snapshot === 'none' ? change.source.sequence.change : null;
    for (const other of this.#tools.schemas.otherLayouts(change.source, loggedAt)) {
      if (other === layout || layoutProblem(other) !== undefined) continue;
      try {
        this.#tools.rows.add(other, change, meta);
        return undefined;
      } catch (failure) {
        if (failure instanceof SchemaMismatchError) continue;
        return this.#recover(failure, message, { change, layout: other, meta });
      }
    }
    this.#stop(message, `a change does not fit any known columns of the table: ${error.message}`);
    return undefined;
  }

  #positionOf({ epoch, sequence: { commit, change }, snapshot }: ChangeSource): Position {
    if (snapshot === 'initial') return initialPosition(epoch);
    if (snapshot === 'none' && change !== null) return position(epoch, commit ?? LSN_ZERO, change);
    // Read between two watermarks: after every change before them in the stream, which are all older.
    const floor = incrementalFloor(epoch);
    const stream = change === null ? floor : position(epoch, commit ?? LSN_ZERO, change);
    return later(later(this.#max, floor), stream);
  }

  #seen(at: Position): void {
    this.#max = later(this.#max, at);
  }

  #metaOf(message: ConsumedMessage, change: RowChange, at: Position): RowMeta {
    return {
      position: at,
      op: change.op,
      partition: this.#chunk.partition,
      offset: message.offset,
      commitTimeUs: change.source.commitTimeUs,
      kafkaTimeMs: message.timestampMs,
    };
  }

  #stop(message: ConsumedMessage, reason: string): void {
    this.#bury(message, 'table_stopped', reason);
    this.#stopReason = reason;
  }

  #bury(message: ConsumedMessage, code: CaptureCode, text: string): void {
    const { topic, partition } = this.#chunk;
    this.#deadLetters.push(
      makeDeadLetter({
        // The same message always makes the same letter.
        id: uuidV5(DEAD_LETTERS, `${topic}/${partition}/${message.offset}`),
        service: SERVICE_NAME,
        kind: 'cdc',
        code,
        message: text,
        failedAtMs: this.#tools.nowMs(),
        topic,
        partition,
        offset: String(message.offset),
        payload: message.value,
      }),
    );
  }
}

/** Where the schema of a change is looked up: also rows that were read carry the position of their reading. */
function lsnOf({ sequence: { change } }: ChangeSource, at: Position): Lsn {
  return change ?? { high: at.changeHigh, low: at.changeLow };
}

function later(a: Position, b: Position): Position {
  return comparePositions(a, b) >= 0 ? a : b;
}
