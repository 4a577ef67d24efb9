import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mail, parseMail } from './mime.ts';

export interface StoredMail extends Mail {
  id: string;
  /** When it came in. */
  receivedAt: Date;
  bytes: number;
}

/** More would only slow the page down; the oldest go. */
const MAX_MAILS = 500;
const FILE_NAME = /^(\d{13})-[0-9a-f]{8}\.eml$/;

/** The mails of a folder, one `.eml` file each, the newest first. */
export class MailBox {
  readonly #directory: string;
  #mails: StoredMail[];
  #lastMs = 0;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    this.#mails = readdirSync(directory)
      .filter((name) => FILE_NAME.test(name))
      .toSorted()
      .toReversed()
      .map((name) => stored(name.replace(/\.eml$/, ''), readFileSync(join(directory, name))));
  }

  add(raw: Buffer): StoredMail {
    // Two of the same moment must keep their order.
    this.#lastMs = Math.max(Date.now(), this.#lastMs + 1);
    const id = `${String(this.#lastMs).padStart(13, '0')}-${randomBytes(4).toString('hex')}`;
    writeFileSync(this.#file(id), raw, { mode: 0o600 });
    const mail = stored(id, raw);
    this.#mails.unshift(mail);
    for (const old of this.#mails.splice(MAX_MAILS)) rmSync(this.#file(old.id), { force: true });
    return mail;
  }

  list(): readonly StoredMail[] {
    return this.#mails;
  }

  find(id: string): StoredMail | null {
    return this.#mails.find((mail) => mail.id === id) ?? null;
  }

  raw(mail: StoredMail): Buffer {
    return readFileSync(this.#file(mail.id));
  }

  clear(): void {
    for (const mail of this.#mails) rmSync(this.#file(mail.id), { force: true });
    this.#mails = [];
  }

  #file(id: string): string {
    return join(this.#directory, `${id}.eml`);
  }
}

function stored(id: string, raw: Buffer): StoredMail {
  return { ...parseMail(raw), id, receivedAt: new Date(Number(id.slice(0, 13))), bytes: raw.length };
}
