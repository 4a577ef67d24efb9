/** The part of localStorage that is used; it may throw where the browser forbids storage. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface IdentityDeps {
  storage: KeyValueStorage | null;
  nowMs: () => number;
  newId: () => string;
}

const SESSION_TIMEOUT_MS = 30 * 60_000;
const STORAGE_KEY = 'ebb.visitor';

interface StoredVisitor {
  anonymousId: string;
  sessionId: string;
  lastSeenMs: number;
}

/**
 * Who the visitor is: an anonymous id, the user id after a login, and a session that ends after 30 idle minutes.
 * Everything lives in memory until consent is given; only then is the visitor written to local storage, and taking
 * consent back erases it. The presence of the stored visitor is the memory of the consent. No cookies.
 */
export class Identity {
  readonly #deps: IdentityDeps;
  #anonymousId: string;
  #sessionId: string;
  #lastSeenMs: number;
  #consent: boolean;
  userId: string | null = null;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
    const stored = this.#load();
    this.#consent = stored !== null;
    this.#anonymousId = stored?.anonymousId ?? deps.newId();
    this.#sessionId = stored?.sessionId ?? deps.newId();
    this.#lastSeenMs = stored?.lastSeenMs ?? deps.nowMs();
  }

  get anonymousId(): string {
    return this.#anonymousId;
  }

  get consent(): boolean {
    return this.#consent;
  }

  /** The session of something that happens now; a new one after 30 minutes without events. */
  touchSession(): string {
    const now = this.#deps.nowMs();
    if (now - this.#lastSeenMs > SESSION_TIMEOUT_MS) this.#sessionId = this.#deps.newId();
    this.#lastSeenMs = now;
    this.#save();
    return this.#sessionId;
  }

  setConsent(given: boolean): void {
    this.#consent = given;
    if (given) this.#save();
    else this.#erase();
  }

  /** Ends the user's identity: whoever uses the device next is somebody else. */
  forgetUser(): void {
    this.userId = null;
    this.#anonymousId = this.#deps.newId();
    this.#sessionId = this.#deps.newId();
    this.#save();
  }

  #save(): void {
    if (!this.#consent) return;
    const visitor: StoredVisitor = {
      anonymousId: this.#anonymousId,
      sessionId: this.#sessionId,
      lastSeenMs: this.#lastSeenMs,
    };
    try {
      this.#deps.storage?.setItem(STORAGE_KEY, JSON.stringify(visitor));
    } catch {
      // Storage that is full or forbidden: the visitor stays in memory.
    }
  }

  #erase(): void {
    try {
      this.#deps.storage?.removeItem(STORAGE_KEY);
    } catch {
      // Forbidden storage holds nothing to erase.
    }
  }

  #load(): StoredVisitor | null {
    try {
      const stored: unknown = JSON.parse(this.#deps.storage?.getItem(STORAGE_KEY) ?? 'null');
      return isStoredVisitor(stored) ? stored : null;
    } catch {
      return null;
    }
  }
}

function isStoredVisitor(value: unknown): value is StoredVisitor {
  if (typeof value !== 'object' || value === null) return false;
  const visitor = value as Partial<Record<keyof StoredVisitor, unknown>>;
  return (
    typeof visitor.anonymousId === 'string' &&
    typeof visitor.sessionId === 'string' &&
    typeof visitor.lastSeenMs === 'number'
  );
}
