/** Everything this package raises on purpose. */
export type PostgresErrorCode =
  'MIGRATION_CHANGED' | 'MIGRATION_FAILED' | 'MIGRATION_NAME' | 'SETTING_CHANGED' | 'WRITE_KEY_UNKNOWN';

const TRANSIENT_SQLSTATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '58000', // system_error, seen while a crashed server restarts
  '25P03', // idle_in_transaction_session_timeout
]);

const TRANSIENT_ERRNOS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

const TRANSIENT_MESSAGES =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|terminating connection|client was closed|connection timeout/i;

/** Whether repeating the whole transaction on a new connection may succeed: connection loss, deadlock, restart. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('08') || TRANSIENT_SQLSTATES.has(code) || TRANSIENT_ERRNOS.has(code)) return true;
  if (error instanceof AggregateError) return error.errors.every(isTransient);
  return TRANSIENT_MESSAGES.test(error.message);
}
