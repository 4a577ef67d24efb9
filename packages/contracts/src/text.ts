/** Postgres and ClickHouse refuse NUL or half a surrogate pair in text; both are legal in a JSON string. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * Spreadsheets and data frames turn the customer 13085 into "13085.0"; both must mean one customer.
 * Only a whole id of digits followed by `.0` is changed, so a version like "v1.0" or "1.10" stays as it is.
 */
export function normaliseId(id: string): string {
  if (!id.endsWith('.0')) return id;
  return /^[0-9]+\.0$/.test(id) ? id.slice(0, -2) : id;
}
