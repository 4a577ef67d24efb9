/**
 * Splits one CSV record (RFC 4180). Null where it is malformed; `open` where a quoted field goes on in the next line.
 *
 * Written by hand because the reader must survive a stray quote: a stream parser takes everything up to the next quote,
 * often thousands of good lines, into one bad record.
 */
export function splitCsvRecord(record: string): string[] | 'open' | null {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = record[at] === '"' ? quotedField(record, at) : plainField(record, at);
    if (field === null || field === 'open') return field;
    fields.push(field.text);
    if (field.end === record.length) return fields;
    at = field.end + 1;
  }
}

interface Field {
  text: string;
  /** Position of the comma behind the field, or the record's length. */
  end: number;
}

function plainField(record: string, start: number): Field | null {
  const comma = record.indexOf(',', start);
  const end = comma < 0 ? record.length : comma;
  const text = record.slice(start, end);
  return text.includes('"') ? null : { text, end };
}

function quotedField(record: string, start: number): Field | 'open' | null {
  let at = start + 1;
  for (;;) {
    const quote = record.indexOf('"', at);
    if (quote < 0) return 'open';
    if (record[quote + 1] === '"') {
      at = quote + 2;
      continue;
    }
    const end = quote + 1;
    if (end < record.length && record[end] !== ',') return null;
    return { text: record.slice(start + 1, quote).replaceAll('""', '"'), end };
  }
}
