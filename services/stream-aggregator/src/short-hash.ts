import { hash } from 'node:crypto';

/** The first 128 bits of SHA-256 of an id, as kpi.short_hash gives them, in four 32-bit parts. */
export class ShortHash {
  /** The id itself: cheaper to compare than to hash again. */
  readonly text: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(text: string) {
    const digest = hash('sha256', text, 'buffer');
    this.text = text;
    this.a = digest.readInt32BE(0);
    this.b = digest.readInt32BE(4);
    this.c = digest.readInt32BE(8);
    this.d = digest.readInt32BE(12);
  }
}
