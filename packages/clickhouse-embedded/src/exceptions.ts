/**
 * What the front refuses by itself, worded and numbered as ClickHouse does: clients decide by the number. The names are
 * those of ClickHouse's ErrorCodes.
 */
export const CODES = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  QUERY_IS_TOO_LARGE: 22,
  UNKNOWN_SETTING: 115,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  ABORTED: 236,
  NOT_ENOUGH_SPACE: 243,
  SESSION_NOT_FOUND: 372,
  SESSION_IS_LOCKED: 373,
  INVALID_SESSION_TIMEOUT: 374,
  INTO_OUTFILE_NOT_ALLOWED: 187,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  STD_EXCEPTION: 1001,
} as const;
export type ExceptionName = keyof typeof CODES;

export class EngineException extends Error {
  readonly exceptionCode: number;

  /** `message` in full: `Code: N. DB::Exception: … (NAME)`. */
  constructor(exceptionCode: number, message: string) {
    super(message);
    this.exceptionCode = exceptionCode;
  }
}

export function refuse(name: ExceptionName, reason: string): EngineException {
  return new EngineException(CODES[name], `Code: ${CODES[name]}. DB::Exception: ${reason} (${name})`);
}

/** Anything thrown while a request runs, as an exception with ClickHouse's number. */
export function toException(error: unknown): EngineException {
  if (error instanceof EngineException) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (NO_ROOM.test(message)) return refuse('NOT_ENOUGH_SPACE', `There is no room on the disk: ${message}`);
  const found = /Code: (\d+)\. .*$/s.exec(message);
  if (found !== null) return new EngineException(Number(found[1]), found[0]);
  return refuse('STD_EXCEPTION', message.replace(/\.?$/, '.'));
}

/** The engine has several numbers for it, and Node's file functions none. */
const NO_ROOM = /no space left on device|\bENOSPC\b|\bEDQUOT\b/i;

const STATUS: ReadonlyMap<number, number> = new Map([
  ...statuses(
    400,
    [6, 26, 27, 36, 38, 41, 43, 44, 47, 53, 62, 69, 70, 72, 73, 117, 125, 130, 131, 168, 386, 456, 457, 467],
  ),
  ...statuses(403, [164, 497, 516, 291]),
  ...statuses(404, [16, 28, 46, 57, 60, 63, 81, 115, 372]),
  ...statuses(408, [159]),
  ...statuses(413, [22, 161]),
  ...statuses(501, [48]),
  ...statuses(503, [202, 209]),
]);

function statuses(status: number, codes: readonly number[]): [number, number][] {
  return codes.map((code) => [code, status]);
}

/** HTTP status that goes with an exception; clients read the exception, proxies the status. */
export function statusOf(exceptionCode: number): number {
  return STATUS.get(exceptionCode) ?? 500;
}
