/** A mail taken apart as far as people and tests need it. */
export interface Mail {
  subject: string;
  from: string;
  to: string[];
  date: string;
  text: string;
  html: string;
}

type Headers = Map<string, string>;

interface Entity {
  headers: Headers;
  body: Buffer;
}

/** Never throws: what cannot be decoded is shown as it came. */
export function parseMail(raw: Buffer): Mail {
  const { headers, body } = split(raw);
  const mail: Mail = {
    subject: decodeWords(headers.get('subject') ?? ''),
    from: decodeWords(headers.get('from') ?? ''),
    to: addresses(decodeWords(headers.get('to') ?? '')),
    date: headers.get('date') ?? '',
    text: '',
    html: '',
  };
  collect({ headers, body }, mail);
  return mail;
}

/** Header lines may be folded over several; the first empty line ends them. */
function split(raw: Buffer): Entity {
  const text = raw.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? Buffer.alloc(0) : raw.subarray(end.index + end[0].length);
  const headers: Headers = new Map();
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers.set(line.slice(0, colon).toLowerCase(), Buffer.from(line.slice(colon + 1).trim(), 'latin1').toString());
  }
  return { headers, body };
}

/** The first text and the first HTML of the mail; attachments are left alone. */
function collect(entity: Entity, mail: Mail): void {
  const type = entity.headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    for (const part of parts(entity.body, boundary)) collect(split(part), mail);
    return;
  }
  if (/^attachment/i.test(entity.headers.get('content-disposition') ?? '')) return;
  if (/^text\/html/i.test(type)) mail.html ||= content(entity, type);
  else if (/^text\//i.test(type)) mail.text ||= content(entity, type);
}

function parts(body: Buffer, boundary: string): Buffer[] {
  const pieces = body.toString('latin1').split(new RegExp(`(?:^|\\r?\\n)--${RegExp.escape(boundary)}`));
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => Buffer.from(piece.replace(/^[ \t]*\r?\n/, ''), 'latin1'));
}

function content({ headers, body }: Entity, type: string): string {
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  const bytes = decodeTransfer(body, encoding);
  return decodeCharset(bytes, /charset="?([^";\s]+)"?/i.exec(type)?.[1] ?? 'utf-8');
}

function decodeTransfer(body: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
  if (encoding === 'quoted-printable') return quotedPrintable(body.toString('latin1').replaceAll(/=[ \t]*\r?\n/g, ''));
  return body;
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function decodeCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

/** `=?utf-8?q?caf=C3=A9?=`; white space between two of them is not shown. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replaceAll(/=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (_, charset: string, how: string, word: string) =>
      decodeCharset(
        how.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : quotedPrintable(word.replaceAll('_', ' ')),
        charset,
      ),
    );
}

/** The bare addresses of a list. */
function addresses(list: string): string[] {
  return [...list.matchAll(/[^\s<>,;"]+@[^\s<>,;"]+/g)].map((match) => match[0]);
}
