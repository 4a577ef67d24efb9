import { ClickHouseError as DriverError } from '@clickhouse/client';
import { errorMessage } from '@ebb/core';
import { ClickhouseError, isTransientException } from './errors.ts';

/** What the driver throws, as one of our codes; the statement's beginning stands in the message. */
export function fromDriver(error: unknown, statement: string): ClickhouseError {
  if (error instanceof ClickhouseError) return error;
  const context = `${errorMessage(error).trim()} [${shorten(statement)}]`;
  if (error instanceof DriverError) return refused(error, context);
  if (error instanceof Error && /\babort/i.test(`${error.name} ${error.message}`) && !/socket/i.test(error.message)) {
    return new ClickhouseError('CANCELLED', `cancelled: ${context}`, { cause: error });
  }
  if (error instanceof Error && /timeout error|timed out/i.test(error.message)) {
    return new ClickhouseError('TIMED_OUT', `ClickHouse did not answer in time: ${context}`, {
      cause: error,
      retryable: true,
    });
  }
  return new ClickhouseError('UNREACHABLE', `no complete answer from ClickHouse: ${context}`, {
    cause: error,
    retryable: true,
  });
}

function refused(error: DriverError, context: string): ClickhouseError {
  const exceptionCode = Number(error.code);
  return new ClickhouseError('REFUSED', `ClickHouse ${error.type ?? 'exception'} (${exceptionCode}): ${context}`, {
    cause: error,
    exceptionCode,
    retryable: isTransientException(exceptionCode),
  });
}

function shorten(statement: string): string {
  const line = statement.trim().replaceAll(/\s+/g, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
