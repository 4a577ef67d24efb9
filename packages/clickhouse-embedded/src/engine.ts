import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ChdbResult, drainPending, Session } from 'chdb';
import { type EngineRole, type NamedCollections, writeEngineConfig } from './engine-config.ts';
import { engineLibrary } from './engine-library.ts';
import { toException } from './exceptions.ts';
import { literal } from './sql-lexer.ts';

export interface EngineOptions {
  dataDir: string;
  memoryMb: number;
  namedCollections?: NamedCollections;
  roles: readonly EngineRole[];
}

export interface EngineResult {
  bytes: Buffer;
  rowsRead: number;
  bytesRead: number;
}

/** Formatted statements that are kept, and characters of the longest of them. */
const MOST_KEPT = 500;
const LONGEST_KEPT = 4_000;

/** One connection to the engine: settings, temporary tables and a current database of its own; one query at a time. */
export class EngineSession {
  readonly #session: Session;
  readonly #role: string;

  constructor(session: Session, role: string) {
    this.#session = session;
    this.#role = role;
  }

  /** Before every statement: whatever an earlier one did, it has these rights and no others. */
  takeRole(): void {
    this.set(`SET ROLE ${this.#role}`);
  }

  /** Statements that only change the session; so short that no thread is needed. */
  set(sql: string): void {
    try {
      this.#session.query(sql);
    } catch (error) {
      throw toException(error);
    }
  }

  /** A short query about the session itself, as tab-separated text. */
  ask(sql: string): string {
    try {
      return this.#session.query(sql, 'TabSeparatedRaw');
    } catch (error) {
      throw toException(error);
    }
  }

  /** Runs off the event loop; the whole result is in memory. */
  async run(sql: string, format: string): Promise<EngineResult> {
    try {
      const result: ChdbResult = await this.#session.queryAsync(sql, { format });
      const bytes = result.bytes();
      return {
        bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
      };
    } catch (error) {
      throw toException(error);
    }
  }

  /** The result piece by piece, each computed when it is asked for. Leaving the loop early cancels the query. */
  async *stream(sql: string, format: string): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.#session.queryStream(sql, { format })) {
        const bytes = chunk.raw();
        yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
    } catch (error) {
      throw toException(error);
    }
  }

  /**
   * Nothing may be running in it, or this would wait, and the process with it. The binding's own close waits for whatever runs in *any* session, so that behind one
   * long query thousands of connections would pile up; ours is known to be at rest.
   */
  close(): void {
    const { connection } = this.#session;
    if (connection === null) return;
    this.#session.connection = null;
    NATIVE.CloseConnection(connection);
    this.#session.close();
  }
}

/** What the binding itself loads; the same module. */
const NATIVE = createRequire(import.meta.url)(engineLibrary()) as { CloseConnection: (connection: unknown) => void };

/** The engine in this process. One process may open a data directory; there can be one engine in a process. */
export class Engine {
  readonly version: string;
  readonly #path: string;
  /** Keeps the engine loaded: it ends with the last session. */
  readonly #keeper: Session;
  /** By the statement as it came. */
  readonly #formatted = new Map<string, string>();
  #isClosed = false;

  constructor(options: EngineOptions) {
    const configFile = writeEngineConfig(options);
    this.#path = join(options.dataDir, 'engine');
    mkdirSync(this.#path, { recursive: true });
    this.#keeper = new Session(this.#path, { connectionArgs: [`--config-file=${configFile}`] });
    this.version = this.#keeper.query('SELECT version()', 'TabSeparatedRaw').trim();
  }

  open(role: string): EngineSession {
    return new EngineSession(new Session(this.#path), role);
  }

  /** The statement as the engine's parser writes it; throws a syntax error for several statements. */
  format(sql: string): string {
    const known = this.#formatted.get(sql);
    if (known !== undefined) return known;
    try {
      const formatted = this.#keeper.query(`SELECT formatQuerySingleLine(${literal(sql)})`, 'TabSeparatedRaw').trim();
      this.#keepFormatted(sql, formatted);
      return formatted;
    } catch (error) {
      throw toException(error);
    }
  }

  /** Services send the same few statements again and again, and asking the engine takes it as long as a small query. */
  #keepFormatted(sql: string, formatted: string): void {
    if (sql.length > LONGEST_KEPT) return;
    if (this.#formatted.size >= MOST_KEPT) this.#formatted.clear();
    this.#formatted.set(sql, formatted);
  }

  /** Asks running queries whose tag begins so to end; they do so on their own time. */
  kill(tagPrefix: string): void {
    if (this.#isClosed) return;
    this.#keeper.query(`KILL QUERY WHERE startsWith(Settings['log_comment'], ${literal(tagPrefix)}) ASYNC`);
  }

  /** Waits for what still runs, then lets the engine write and close what it holds. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await drainPending();
    this.#keeper.close();
    await drainPending();
  }
}
