import { refuse } from './exceptions.ts';

const QUOTED = /'(?:[^'\\]|\\[^])*'/g;
const OUTFILE = /\bINTO OUTFILE\b/;
/**
 * `file()` as a function reads any file of this machine, and the engine checks no grant for it (the table function of
 * that name it does check). A function can also be named by APPLY; hence any call of that name, and any APPLY of it.
 */
const READS_FILE = /\bfile["`]?\s*\(|\bAPPLY\s*\(?\s*["`]?file\b|\bcatboostEvaluate\b/i;
const OWN_RIGHTS = /^(?:SET (?:DEFAULT )?ROLE|EXECUTE AS)\b|\bdialect\b|\bDEFINER\b/i;
const ENDS_OTHERS = /^KILL\b/i;

/**
 * What a user may not do who has grants and no more, although the engine lets it pass. `formatted` is the statement as the
 * engine's own parser writes it, so there is nothing left to hide behind: no comments, and quotes in one spelling.
 */
export function checkLimited(formatted: string): void {
  const bare = formatted.replaceAll(QUOTED, "''");
  if (READS_FILE.test(bare)) throw refuse('ACCESS_DENIED', 'Not enough privileges: this user cannot read files.');
  if (OWN_RIGHTS.test(bare)) throw refuse('READONLY', 'Cannot change the rights of this user.');
}

/** What a read-only user may not do. */
export function checkReader(formatted: string): void {
  checkLimited(formatted);
  if (ENDS_OTHERS.test(formatted)) throw refuse('READONLY', 'Cannot execute query in readonly mode.');
}

/** INTO OUTFILE belongs to command-line clients; here it would write files of the server. */
export function checkOutfile(formatted: string): void {
  if (OUTFILE.test(formatted.replaceAll(QUOTED, "''"))) {
    throw refuse('INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed over HTTP.');
  }
}
