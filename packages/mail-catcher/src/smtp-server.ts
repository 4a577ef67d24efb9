import { createServer, type Server, type Socket } from 'node:net';

const MAX_MAIL_BYTES = 25 * 1024 ** 2;
const IDLE_MS = 60_000;
const LF = 0x0a;

/** An SMTP server that accepts everything; `onMail` gets each message as it was sent, dots unstuffed. */
export function createSmtpServer(onMail: (raw: Buffer) => void): Server {
  return createServer((socket) => new Conversation(socket, onMail).begin());
}

/**
 * One client. command → DATA → lines until a single dot → command. Replies go out in the order of the commands, so a
 * client may send several at once.
 */
class Conversation {
  readonly #socket: Socket;
  readonly #onMail: (raw: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** Lines of the message that is coming in; null outside of DATA. */
  #message: Buffer[] | null = null;
  #messageBytes = 0;

  constructor(socket: Socket, onMail: (raw: Buffer) => void) {
    this.#socket = socket;
    this.#onMail = onMail;
  }

  begin(): void {
    const socket = this.#socket;
    // A client that goes away is no event worth ending for.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#reply('220 ebb mail catcher');
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf(LF); end >= 0; end = this.#rest.indexOf(LF)) {
      const line = this.#rest.subarray(0, end + 1);
      this.#rest = this.#rest.subarray(end + 1);
      if (this.#message === null) this.#command(line.toString('latin1').trimEnd());
      else this.#dataLine(line);
    }
    if (this.#rest.length > MAX_MAIL_BYTES) this.#socket.destroy();
  }

  #dataLine(line: Buffer): void {
    const text = line.toString('latin1').trimEnd();
    if (text === '.') {
      this.#endMessage();
      return;
    }
    // A line of the message that begins with a dot was sent with one more.
    const own = line[0] === 0x2e ? line.subarray(1) : line;
    this.#messageBytes += own.length;
    if (this.#messageBytes <= MAX_MAIL_BYTES) this.#message?.push(own);
  }

  #endMessage(): void {
    const raw = Buffer.concat(this.#message ?? []);
    const isTooBig = this.#messageBytes > MAX_MAIL_BYTES;
    this.#message = null;
    this.#messageBytes = 0;
    if (isTooBig) {
      this.#reply('552 message is too big');
      return;
    }
    this.#onMail(raw);
    this.#reply('250 caught');
  }

  #command(line: string): void {
    const verb = line.split(/[ :]/, 1)[0]?.toUpperCase() ?? '';
    if (verb === 'EHLO') this.#reply(`250-ebb\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE ${MAX_MAIL_BYTES}`);
    else if (verb === 'DATA') {
      this.#message = [];
      this.#reply('354 end with a line of a single dot');
    } else if (verb === 'QUIT') {
      this.#reply('221 bye');
      this.#socket.end();
    } else if (['HELO', 'MAIL', 'RCPT', 'RSET', 'NOOP'].includes(verb)) this.#reply('250 ok');
    else this.#reply('502 not known here');
  }

  #reply(text: string): void {
    this.#socket.write(`${text}\r\n`);
  }
}
