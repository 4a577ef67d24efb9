import type { Tracker } from './tracker.ts';

declare global {
  interface Window {
    ebb?: Tracker | unknown[][];
  }
}
