/**
 * The records of a CSV text with their first line's number. A line break within quotes belongs to its record; what
 * follows the last line break counts as a record too.
 */
export function* csvRecords(text: string): Generator<{ line: number; record: string }> {
  let line = 1;
  for (let start = 0; start < text.length;) {
    const first = line;
    let end = start;
    let quotes = 0;
    do {
      const next = text.indexOf('\n', end);
      const stop = next === -1 ? text.length : next;
      quotes += countQuotes(text, end, stop);
      line += 1;
      end = stop + 1;
    } while (quotes % 2 === 1 && end < text.length);
    yield { line: first, record: text.slice(start, end - 1).replace(/\r$/, '') };
    start = end;
  }
}

function countQuotes(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

/** Fields as they stand in the record, quotes included, so that they can be put in another order unchanged. */
export function rawFields(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < record.length; at += 1) {
    if (record[at] === '"') isQuoted = !isQuoted;
    else if (record[at] === ',' && !isQuoted) {
      fields.push(record.slice(start, at));
      start = at + 1;
    }
  }
  fields.push(record.slice(start));
  return fields;
}
