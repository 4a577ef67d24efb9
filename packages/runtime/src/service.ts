/** What every long-running part of Ebb is. */
export interface Service {
  /** Works until stopped. Resolving means a clean end, rejecting is fatal: the process exits non-zero. */
  run(): Promise<void>;
  /** Stops taking work and finishes what is in flight; `stop` follows. Optional. */
  drain?(): Promise<void>;
  /** Ends `run`; may be called more than once and before `run`. */
  stop(): Promise<void>;
}
