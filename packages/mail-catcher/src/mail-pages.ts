import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { MailBox, StoredMail } from './mail-box.ts';

interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
}

/**
 * The page for people, and the part of mailpit's API that a script needs, so that the same script reads the composed
 * project's mails: `GET|DELETE /api/v1/messages`, `GET /api/v1/message/ID[/raw]`, `/livez`, `/readyz`.
 */
export function createMailPages(box: MailBox): Server {
  return createServer((request, response) => send(response, answer(box, request)));
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  // A mail is somebody else's HTML: it may show text, and run or load nothing.
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
}

function answer(box: MailBox, request: IncomingMessage): Answer {
  const path = new URL(request.url ?? '/', 'http://mail').pathname;
  if (request.method === 'DELETE' && path === '/api/v1/messages') {
    box.clear();
    return text('ok');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return text('method not allowed', 405);
  if (path === '/livez' || path === '/readyz') return text('ok');
  if (path === '/') return page('Mails', listPage(box.list()));
  if (path === '/api/v1/messages') return json(listing(box));
  const [, isApi, id, isRaw] = /^\/(api\/v1\/message|view)\/([\w-]+)(\/raw)?$/.exec(path) ?? [];
  const mail = id === undefined ? null : box.find(id);
  if (mail === null) return text('not found', 404);
  if (isRaw !== undefined) return { status: 200, type: 'text/plain; charset=utf-8', body: box.raw(mail) };
  return isApi === 'view'
    ? page(mail.subject, mailPage(mail))
    : json({ ...summary(mail), Text: mail.text, HTML: mail.html });
}

function listing(box: MailBox): unknown {
  const messages = box.list().map(summary);
  return { total: messages.length, count: messages.length, messages_count: messages.length, start: 0, messages };
}

function summary(mail: StoredMail): Record<string, unknown> {
  return {
    ID: mail.id,
    From: { Name: '', Address: mail.from },
    To: mail.to.map((address) => ({ Name: '', Address: address })),
    Subject: mail.subject,
    Created: mail.receivedAt.toISOString(),
    Size: mail.bytes,
    Snippet: (mail.text || plain(mail.html)).slice(0, 200),
  };
}

function listPage(mails: readonly StoredMail[]): string {
  if (mails.length === 0) return '<p>No mail yet.</p>';
  const rows = mails.map(
    (mail) =>
      `<tr><td>${escape(mail.receivedAt.toISOString().replace('T', ' ').slice(0, 19))}</td>` +
      `<td>${escape(mail.to.join(', '))}</td><td><a href="/view/${mail.id}">${escape(mail.subject || '(no subject)')}</a></td></tr>`,
  );
  return `<table><tr><th>received, UTC</th><th>to</th><th>subject</th></tr>${rows.join('')}</table>`;
}

function mailPage(mail: StoredMail): string {
  const head = `<p><a href="/">all mails</a></p><p>from ${escape(mail.from)} to ${escape(mail.to.join(', '))}, ${escape(mail.date)}</p>`;
  // The sandbox of the page holds for what stands in it too.
  return `${head}<hr>${mail.html || `<pre>${escape(mail.text)}</pre>`}`;
}

function page(title: string, body: string): Answer {
  const style =
    'body{font:15px system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem}td,th{text-align:left;padding:.3rem 1rem .3rem 0}';
  const html = `<!doctype html><meta charset="utf-8"><title>${escape(title)}</title><style>${style}</style><h1>${escape(title)}</h1>${body}`;
  return { status: 200, type: 'text/html; charset=utf-8', body: html };
}

function json(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

function text(body: string, status = 200): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function plain(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
