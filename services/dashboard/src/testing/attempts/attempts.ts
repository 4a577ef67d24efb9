import { CLICKHOUSE_ATTEMPTS } from './clickhouse.ts';
import { FORMULA_ATTEMPTS, MARKUP_ATTEMPTS } from './markup.ts';
import { POSTGRES_ATTEMPTS } from './postgres.ts';
import { TRANSPORT_ATTEMPTS } from './transport.ts';

/** What an attempt would reach if it worked. */
export interface Traps {
  /** Address of a server that nobody has a reason to ask. */
  readonly canary: string;
  /** A file that does not exist. */
  readonly file: string;
}

/** More than 200 values, none of them alike, that would do harm where a value is taken for more than a value. */
export function injectionAttempts(traps: Traps): string[] {
  return aimed([...POSTGRES_ATTEMPTS, ...CLICKHOUSE_ATTEMPTS, ...markup(), ...TRANSPORT_ATTEMPTS], traps);
}

/** Those that a browser or a spreadsheet would run. */
export function markupAttempts(traps: Traps): string[] {
  return aimed(markup(), traps);
}

function markup(): string[] {
  return [...MARKUP_ATTEMPTS, ...FORMULA_ATTEMPTS];
}

function aimed(attempts: readonly string[], { canary, file }: Traps): string[] {
  return attempts.map((text) => text.replaceAll('{canary}', canary).replaceAll('{file}', file));
}
