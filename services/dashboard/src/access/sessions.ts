import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export const SESSION_COOKIE = 'ebb_session';

const TOKEN = /^([1-9]\d{0,15})\.([\w-]{43})$/;

/**
 * Sessions that live in the reader's cookie alone: `expiry in ms.HMAC-SHA256 of it`. The key follows from the stored hash of
 * the password, so that they outlive a restart and a new password ends all of them.
 */
export class Sessions {
  readonly #key: Buffer;
  readonly #lifeMs: number;

  constructor(passwordHash: string, lifeMs: number) {
    this.#key = Buffer.from(hkdfSync('sha256', passwordHash, '', 'ebb dashboard session', 32));
    this.#lifeMs = lifeMs;
  }

  /** Value of `Set-Cookie` of a session that begins now. */
  begin(nowMs: number, isHttps: boolean): string {
    const expiresMs = nowMs + this.#lifeMs;
    return cookie(`${expiresMs}.${this.#sign(expiresMs)}`, Math.floor(this.#lifeMs / 1000), isHttps);
  }

  /** When the session of a `Cookie` header ends; null where there is none that is valid. */
  expiryOf(header: string | undefined, nowMs: number): number | null {
    for (const value of valuesOf(header)) {
      const [, expiry, signature] = TOKEN.exec(value) ?? [];
      if (expiry === undefined || signature === undefined) continue;
      const expiresMs = Number(expiry);
      const isOwn = timingSafeEqual(Buffer.from(this.#sign(expiresMs)), Buffer.from(signature));
      // One that was begun when sessions were longer ends as those of now do.
      if (isOwn && expiresMs > nowMs && expiresMs <= nowMs + this.#lifeMs) return expiresMs;
    }
    return null;
  }

  #sign(expiresMs: number): string {
    return createHmac('sha256', this.#key).update(String(expiresMs)).digest('base64url');
  }
}

/** Value of `Set-Cookie` that takes the session out of the browser. */
export function endedSession(isHttps: boolean): string {
  return cookie('', 0, isHttps);
}

function cookie(value: string, seconds: number, isHttps: boolean): string {
  const attributes = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isHttps ? '; Secure' : ''}`;
  return `${SESSION_COOKIE}=${value}; ${attributes}`;
}

/** A browser may send several of one name, such as one of a parent domain. */
function valuesOf(header = ''): string[] {
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${SESSION_COOKIE}=`))
    .map((part) => part.slice(SESSION_COOKIE.length + 1));
}
