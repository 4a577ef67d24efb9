import { hash } from 'node:crypto';

/** The first 128 bits of SHA-256 of a text, in four signed 32-bit parts. */
export class Digest {
  /** The text itself: cheaper to compare than to digest again. */
  readonly text: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(text: string) {
    // As characters of one byte: a Buffer of 32 bytes takes four times as long to make.
    const bytes = hash('sha256', text, 'binary');
    this.text = text;
    this.a = int32At(bytes, 0);
    this.b = int32At(bytes, 4);
    this.c = int32At(bytes, 8);
    this.d = int32At(bytes, 12);
  }
}

function int32At(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  );
}
