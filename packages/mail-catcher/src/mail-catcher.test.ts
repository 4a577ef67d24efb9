import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailBox } from './mail-box.ts';
import { createMailPages } from './mail-pages.ts';
import { parseMail } from './mime.ts';
import { createSmtpServer } from './smtp-server.ts';

const CRLF = '\r\n';
const HTML = '<p>42 rows – «fine»</p>';
const MAIL = [
  'From: Ebb <ebb@ebb.example>',
  'To: data@ebb.example,',
  '  ops@ebb.example',
  'Subject: =?utf-8?q?caf=C3=A9_?= =?utf-8?b?ZnJvbSBBaXJmbG93?=',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="==b=="',
  '',
  'preamble',
  '--==b==',
  'Content-Type: text/html; charset="utf-8"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from(HTML).toString('base64'),
  '--==b==',
  'Content-Type: text/plain; charset="utf-8"',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'a line that is =',
  'one =3D 1',
  '--==b==',
  'Content-Type: text/plain',
  'Content-Disposition: attachment; filename="x.txt"',
  '',
  'not shown',
  '--==b==--',
  '',
].join(CRLF);

let directory: string;
let box: MailBox;
let smtp: Server;
let pages: ReturnType<typeof createMailPages>;
let page: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ebb-mail-'));
  box = new MailBox(directory);
  smtp = createSmtpServer((raw) => box.add(raw)).listen(0, '127.0.0.1');
  pages = createMailPages(box).listen(0, '127.0.0.1');
  await Promise.all([once(smtp, 'listening'), once(pages, 'listening')]);
  page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
});
afterEach(() => {
  smtp.close();
  pages.closeAllConnections();
  pages.close();
  rmSync(directory, { recursive: true });
});

/** Sends everything at once, in pieces of `size` bytes, and returns the replies. */
async function send(raw: string, size = 1_000_000): Promise<string> {
  const { port } = smtp.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let replies = '';
  socket.on('data', (chunk: Buffer) => (replies += chunk.toString()));
  const stuffed = raw.replaceAll(/^\./gm, '..');
  const talk = `EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n${stuffed}\r\n.\r\nQUIT\r\n`;
  for (let at = 0; at < talk.length; at += size) socket.write(talk.slice(at, at + size));
  await once(socket, 'close');
  return replies;
}

async function json(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${page}${path}`)).json()) as Record<string, unknown>;
}

describe('a mail', () => {
  it('is caught, and can be read with its parts decoded', async () => {
    expect(await send(MAIL)).toMatch(/^220 [^]*250 SIZE[^]*354 [^]*250 caught\r\n221 bye\r\n$/);
    const { messages } = (await json('/api/v1/messages')) as { messages: Record<string, unknown>[] };
    expect(messages).toMatchObject([
      { Subject: 'café from Airflow', To: [{ Address: 'data@ebb.example' }, { Address: 'ops@ebb.example' }] },
    ]);
    const whole = await json(`/api/v1/message/${String(messages[0]?.['ID'])}`);
    expect(whole).toMatchObject({ HTML, Text: 'a line that is one = 1' });
  });

  it('is the same however its bytes are cut', async () => {
    await send(MAIL, 1);
    expect(box.list()).toMatchObject([{ html: HTML, subject: 'café from Airflow' }]);
  });

  it('keeps lines that begin with a dot, and ends only at a single one', async () => {
    await send(['Subject: dots', '', '.', '..two', '.hidden', 'end'].join(CRLF));
    expect(box.list()[0]?.text).toBe(['.', '..two', '.hidden', 'end', ''].join(CRLF));
  });

  it('is still there after a restart, the newest first, until all are removed', async () => {
    await send('Subject: one\r\n\r\n1');
    await send('Subject: two\r\n\r\n2');
    expect(new MailBox(directory).list().map((mail) => mail.subject)).toEqual(['two', 'one']);
    await fetch(`${page}/api/v1/messages`, { method: 'DELETE' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('that is no mail at all is shown as it came', () => {
    expect(parseMail(Buffer.from('no header here'))).toMatchObject({ subject: '', text: '' });
    const broken = 'Content-Type: text/plain; charset=nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\nAAA';
    expect(() => parseMail(Buffer.from(broken))).not.toThrow();
  });
});

describe('the page', () => {
  it('shows a hostile mail and runs none of it', async () => {
    await send('Subject: <script>1</script>\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>');
    const list = await fetch(page);
    expect(await list.text()).toContain('&lt;script&gt;1&lt;/script&gt;');
    const view = await fetch(`${page}/view/${box.list()[0]?.id ?? ''}`);
    expect(view.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  });

  it('finds nothing where there is nothing', async () => {
    expect((await fetch(`${page}/api/v1/message/1-2`)).status).toBe(404);
    expect((await fetch(`${page}/view/..%2f..%2fsecrets`)).status).toBe(404);
  });
});
