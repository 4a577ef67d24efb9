import type { IncomingMessage } from 'node:http';
import type { Engine, EngineSession } from './engine.ts';
import { refuse } from './exceptions.ts';
import { contentType, isStreamed, namedFormat } from './formats.ts';
import type { Parameters } from './http-parameters.ts';
import { checkLimited, checkOutfile, checkReader } from './reader-guard.ts';
import type { Reply } from './reply.ts';
import { literal, mayHoldSeveral } from './sql-lexer.ts';
import type { Statement } from './statement.ts';

export interface QueryContext {
  engine: Engine;
  session: EngineSession;
  /** The session goes on after this request: what the request alone asked for is undone. */
  isKept: boolean;
  isReadonly: boolean;
  /** May not do everything: what the engine's grants let pass is refused here. */
  isLimited: boolean;
  isGet: boolean;
  queryId: string;
  parameters: Parameters;
  /** Frees a kept session; called before the answer ends, because the client may use it again at once. */
  release: () => void;
}

const READING = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'FROM', 'USE', 'SET']);
const STREAMABLE = new Set(['SELECT', 'WITH', 'FROM']);
/** So much is there before anything is sent, as ClickHouse does: a small result comes whole or as an exception. */
const FIRST_BYTES = 1024 * 1024;
/** So much is held back when the client wants it complete. */
const HELD_BYTES = 16 * 1024 * 1024;

/** Runs one statement and sends its result. Throws before anything was sent, or cuts the connection after. */
export async function runQuery(
  statement: Statement,
  context: QueryContext,
  exchange: { request: IncomingMessage; reply: Reply },
): Promise<void> {
  checkStatement(statement, context);
  const undo = prepareSession(context);
  const format = namedFormat(statement.sql) ?? context.parameters.defaultFormat ?? 'TabSeparated';
  const { reply } = exchange;
  if (!statement.isDataInsert) {
    reply.setHeader('Content-Type', contentType(format));
    reply.setHeader('X-ClickHouse-Format', format);
  }
  const finish = (): void => {
    if (context.isKept) for (const sql of undo) context.session.set(sql);
    context.release();
  };
  if (STREAMABLE.has(statement.firstWord) && isStreamed(format)) {
    await sendStream(statement.sql, format, context, { ...exchange, finish });
  } else {
    await sendWhole(statement, format, context, { ...exchange, finish });
  }
}

/** One statement a request; the engine's parser decides where a quick look is not sure. */
function checkStatement(statement: Statement, { engine, isReadonly, isLimited, isGet }: QueryContext): void {
  if (isGet && !READING.has(statement.firstWord)) {
    throw refuse('READONLY', 'Cannot execute query in readonly mode. Use method POST for queries that modify.');
  }
  if (statement.isDataInsert) {
    if (isReadonly) throw refuse('READONLY', 'Cannot execute query in readonly mode.');
    return;
  }
  if (!isLimited && !mayHoldSeveral(statement.sql) && !/outfile/i.test(statement.sql)) return;
  const formatted = engine.format(statement.sql);
  checkOutfile(formatted);
  if (isReadonly) checkReader(formatted);
  else if (isLimited) checkLimited(formatted);
}

/** Settings of this request; returns the statements that take them back. */
function prepareSession({ session, isReadonly, isKept, parameters, queryId }: QueryContext): string[] {
  session.takeRole();
  if (parameters.database !== null && parameters.database !== '') {
    session.set(`USE ${identifier(parameters.database)}`);
  }
  const settings = new Map(parameters.settings);
  if (isReadonly) settings.delete('readonly');
  const undo = isKept && settings.size > 0 ? [assignments(currentValues(session, [...settings.keys()]))] : [];
  settings.set('log_comment', `${queryId}|${settings.get('log_comment') ?? ''}`);
  for (const [name, value] of parameters.queryParameters) settings.set(`param_${name}`, value);
  session.set(assignments(settings));
  // The last word: from here on nothing but reading is possible, and nobody can take it back.
  if (isReadonly) session.set('SET readonly = 2');
  return undo;
}

function currentValues(session: EngineSession, names: readonly string[]): Map<string, string> {
  const list = names.map(literal).join(', ');
  const text = session.ask(
    `SELECT toJSONString(groupArray((name, value))) FROM system.settings WHERE name IN (${list})`,
  );
  return new Map(JSON.parse(text) as [string, string][]);
}

function assignments(settings: ReadonlyMap<string, string>): string {
  return `SET ${[...settings].map(([name, value]) => `${name} = ${literal(value)}`).join(', ')}`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

interface Exchange {
  request: IncomingMessage;
  reply: Reply;
  finish: () => void;
}

async function sendWhole(
  statement: Statement,
  format: string,
  context: QueryContext,
  { request, reply, finish }: Exchange,
): Promise<void> {
  const result = await context.session.run(statement.sql, format);
  finish();
  reply.setHeader('X-ClickHouse-Summary', summary(result, statement.isDataInsert));
  if (context.parameters.isCompressionWanted) reply.compress(request);
  else reply.setHeader('Content-Length', String(result.bytes.length));
  reply.end(result.bytes);
}

function summary(result: { rowsRead: number; bytesRead: number }, isInsert: boolean): string {
  const rows = String(result.rowsRead);
  const bytes = String(result.bytesRead);
  const written = isInsert ? { written_rows: rows, written_bytes: bytes } : { written_rows: '0', written_bytes: '0' };
  return JSON.stringify({ read_rows: rows, read_bytes: bytes, ...written });
}

async function sendStream(
  sql: string,
  format: string,
  context: QueryContext,
  { request, reply, finish }: Exchange,
): Promise<void> {
  const holdBytes = context.parameters.waitForEnd ? HELD_BYTES : FIRST_BYTES;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isSending = false;
  for await (const piece of context.session.stream(sql, format)) {
    // The stream must have ended before its session may be closed.
    if (reply.isOver) break;
    held.push(piece);
    heldBytes += piece.length;
    if (!isSending && heldBytes <= holdBytes) continue;
    if (!isSending && context.parameters.isCompressionWanted) reply.compress(request);
    isSending = true;
    for (const one of held) await reply.write(one);
    held = [];
    heldBytes = 0;
  }
  finish();
  if (!isSending && context.parameters.isCompressionWanted) reply.compress(request);
  reply.end(Buffer.concat(held));
}
