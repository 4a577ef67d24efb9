import { ClickHouseError as DriverError } from '@clickhouse/client';
import { ClickhouseError, isTransientException } from './errors.ts';

/** What the driver throws, as one of our codes; the statement's beginning stands in the message. */
export function fromDriver(error: unknown, statement: string, signal?: AbortSignal): ClickhouseError {
  if (error instanceof ClickhouseError) return error;
  if (error instanceof DriverError) return refused(error, statement);
  const at = `[${shorten(statement)}]`;
  const message = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  if (signal?.aborted === true) {
    return new ClickhouseError('CANCELLED', `cancelled ${at}`, { cause: error });
  }
  if (/timeout error|timed out/i.test(message)) {
    return new ClickhouseError('TIMED_OUT', `ClickHouse did not answer in time ${at}`, {
      cause: error,
      retryable: true,
    });
  }
  return new ClickhouseError('UNREACHABLE', `no complete answer from ClickHouse ${at}`, {
    cause: error,
    retryable: true,
  });
}

function refused(error: DriverError, statement: string): ClickhouseError {
  const exceptionCode = Number(error.code);
  const what = `ClickHouse ${error.type ?? 'exception'} (${exceptionCode})`;
  // The driver's error holds nothing beyond this.
  return new ClickhouseError('REFUSED', `${what}: ${error.message.trim()} [${shorten(statement)}]`, {
    exceptionCode,
    // A full disk has several numbers in ClickHouse, of which some have other causes too.
    retryable: isTransientException(exceptionCode) || /no space left on device/i.test(error.message),
  });
}

function shorten(statement: string): string {
  const line = statement.trim().replaceAll(/\s+/g, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
