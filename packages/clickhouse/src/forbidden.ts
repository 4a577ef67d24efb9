import { errorMessage } from '@ebb/core';
import type { Clickhouse } from './clickhouse.ts';
import { ClickhouseError } from './errors.ts';

/** `not proven`: it failed for another reason, e.g. because this server does not know the statement at all. */
export interface ForbiddenOutcome {
  statement: string;
  outcome: 'refused' | 'allowed' | 'not proven';
  reason: string;
}

/** ACCESS_DENIED; READONLY. */
const DENIED = new Set([497, 164]);

/** Tries each statement, none of which would change anything but for the worst. */
export async function tryForbidden(clickhouse: Clickhouse, statements: readonly string[]): Promise<ForbiddenOutcome[]> {
  const outcomes: ForbiddenOutcome[] = [];
  for (const statement of statements) outcomes.push(await tryOne(clickhouse, statement));
  return outcomes;
}

async function tryOne(clickhouse: Clickhouse, statement: string): Promise<ForbiddenOutcome> {
  try {
    await clickhouse.queryText(statement, 'Null');
    return { statement, outcome: 'allowed', reason: '' };
  } catch (error) {
    const isDenied = error instanceof ClickhouseError && DENIED.has(error.exceptionCode ?? 0);
    return { statement, outcome: isDenied ? 'refused' : 'not proven', reason: errorMessage(error) };
  }
}
