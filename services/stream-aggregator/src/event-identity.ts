import type { EventDigest } from '@ebb/contracts';
import type { BinaryArrayWriter } from '@ebb/postgres';

const UUID_LENGTH = 36;
const VERSION_AT = 14;
const VERSION_7 = 55;

/** Writes the key of stream.web_events: a digest of (source, day, user, event id), with the time of a UUIDv7 in front. */
export function writeIdentity(writer: BinaryArrayWriter, { a, b, c, d }: EventDigest, eventId: string): void {
  const high = timeHigh(eventId);
  const low = high < 0 ? -1 : hexAt(eventId, 9, 13);
  if (low < 0) writer.uuid(a, b, c, d);
  else writer.uuid(high, (low << 16) | (b & 0xffff), c, d);
}

/** The first 32 bits of the time of a UUIDv7; -1 for any other text. */
function timeHigh(eventId: string): number {
  const isVersion7 = eventId.length === UUID_LENGTH && eventId.charCodeAt(VERSION_AT) === VERSION_7;
  return isVersion7 ? hexAt(eventId, 0, 8) : -1;
}

/** The number between two positions, -1 where a character is no lower-case hex digit. */
function hexAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 16 + code - 48;
    else if (code >= 97 && code <= 102) value = value * 16 + code - 87;
    else return -1;
  }
  return value;
}
