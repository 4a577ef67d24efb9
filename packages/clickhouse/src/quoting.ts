/** Quotes a name for SQL text; `database.table` needs one call per part. */
export function quoteClickhouseName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** A string literal for SQL text, where no parameter is possible. */
export function quoteClickhouseText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
