import type { EngineSession } from './engine.ts';
import { refuse } from './exceptions.ts';

interface Kept {
  session: EngineSession;
  isBusy: boolean;
  timer: NodeJS.Timeout | null;
}

export interface SessionRequest {
  /** User and session id: one user never meets another's session. */
  key: string;
  timeoutMs: number;
  /** It must exist already. */
  mustExist: boolean;
}

/** Sessions that clients keep between requests, under an id they choose. */
export class SessionStore {
  readonly #kept = new Map<string, Kept>();

  /** The session, reserved for one request; throws 373 while another request holds it. */
  take(request: SessionRequest, open: () => EngineSession): EngineSession {
    let kept = this.#kept.get(request.key);
    if (kept?.isBusy === true) {
      throw refuse('SESSION_IS_LOCKED', 'Session is locked by a concurrent client.');
    }
    if (kept === undefined) {
      if (request.mustExist) throw refuse('SESSION_NOT_FOUND', 'Session not found.');
      kept = { session: open(), isBusy: true, timer: null };
      this.#kept.set(request.key, kept);
    }
    if (kept.timer !== null) clearTimeout(kept.timer);
    kept.isBusy = true;
    return kept.session;
  }

  /** To be called before the answer ends: the client may use the session again at once. */
  release(request: SessionRequest): void {
    const kept = this.#kept.get(request.key);
    if (kept === undefined) return;
    kept.isBusy = false;
    kept.timer = setTimeout(() => this.#drop(request.key), request.timeoutMs);
    kept.timer.unref();
  }

  closeAll(): void {
    for (const key of this.#kept.keys()) this.#drop(key);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept === undefined) return;
    if (kept.timer !== null) clearTimeout(kept.timer);
    kept.session.close();
  }
}
