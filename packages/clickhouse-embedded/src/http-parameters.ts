import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from './exceptions.ts';

/** What the query string, headers and form fields of a request say, apart from the statement. */
export interface Parameters {
  database: string | null;
  queryId: string | null;
  session: { id: string; timeoutMs: number; mustExist: boolean } | null;
  /** In the engine's spelling; names are plain words. */
  settings: Map<string, string>;
  /** Values of `{name:Type}`, as they came: escaped like a tab-separated field. */
  queryParameters: Map<string, string>;
  defaultFormat: string | null;
  /** Send nothing before the result is complete, as far as it fits in memory. */
  waitForEnd: boolean;
  isCompressionWanted: boolean;
}

/** Names that are addressed to the HTTP interface and are no settings of the engine. */
const OWN_NAMES = new Set([
  'query',
  'query_id',
  'database',
  'user',
  'password',
  'quota_key',
  'session_id',
  'session_timeout',
  'session_check',
  'default_format',
  'compress',
  'decompress',
  'stacktrace',
  'role',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'http_zlib_compression_level',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'client_protocol_version',
  'http_make_head_request',
  'output_format_parallel_formatting',
]);
/** Another dialect would be read by another parser than the one that checks what a reader may do. */
const REFUSED_SETTINGS = new Set(['dialect', 'log_comment_internal']);
const SETTING_NAME = /^[A-Za-z_]\w*$/;
const MAX_SESSION_S = 3_600;
const DEFAULT_SESSION_S = 60;

export function readParameters(params: URLSearchParams, headers: IncomingHttpHeaders): Parameters {
  if (isOn(params.get('compress')) || isOn(params.get('decompress'))) {
    throw refuse('NOT_IMPLEMENTED', "ClickHouse's own compression is not supported here, gzip is.");
  }
  if (params.has('role')) throw refuse('NOT_IMPLEMENTED', 'Roles are not supported here.');
  const settings = new Map<string, string>();
  const queryParameters = new Map<string, string>();
  for (const [name, value] of params) {
    if (name.startsWith('param_')) queryParameters.set(checkedName(name).slice('param_'.length), value);
    else if (!OWN_NAMES.has(name)) settings.set(checkedName(name), value);
  }
  return {
    database: params.get('database') ?? header(headers, 'x-clickhouse-database'),
    queryId: params.get('query_id'),
    session: sessionOf(params),
    settings,
    queryParameters,
    defaultFormat: params.get('default_format') ?? header(headers, 'x-clickhouse-format'),
    waitForEnd: isOn(params.get('wait_end_of_query')),
    isCompressionWanted: isOn(params.get('enable_http_compression')),
  };
}

function checkedName(name: string): string {
  if (SETTING_NAME.test(name) && !REFUSED_SETTINGS.has(name)) return name;
  throw refuse('UNKNOWN_SETTING', `Setting ${JSON.stringify(name)} is neither a builtin setting nor allowed here.`);
}

function sessionOf(params: URLSearchParams): Parameters['session'] {
  const id = params.get('session_id');
  if (id === null || id === '') return null;
  const seconds = Number(params.get('session_timeout') ?? DEFAULT_SESSION_S);
  if (!(seconds > 0 && seconds <= MAX_SESSION_S)) {
    throw refuse('INVALID_SESSION_TIMEOUT', `Session timeout must be between 1 and ${MAX_SESSION_S} seconds.`);
  }
  return { id, timeoutMs: seconds * 1000, mustExist: isOn(params.get('session_check')) };
}

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function isOn(value: string | null): boolean {
  return value === '1' || value === 'true';
}
