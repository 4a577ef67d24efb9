import { isUtf8 } from 'node:buffer';
import { LIMITS, SOURCE_PATTERN } from '../limits.ts';
import { BUILT_IN_EVENT_TYPES, WEB_EVENT_RULES } from '../web-event-rules.ts';
import { ByteNames } from './byte-names.ts';
import { ScanBuffer } from './scan-buffer.ts';
import { TimestampReader } from './timestamp-reader.ts';

const MOST_SOURCE_BYTES = 64;

/** Texts of an event and the most bytes they may have, which are never fewer than their UTF-16 units. */
const TEXT_LIMITS = {
  event_id: LIMITS.eventId,
  event_timestamp: LIMITS.shortText,
  event_type: LIMITS.shortText,
  user_id: LIMITS.id,
  anonymous_id: LIMITS.id,
  session_id: LIMITS.id,
  page_url: LIMITS.url,
  product_id: LIMITS.id,
  order_id: LIMITS.id,
  device_type: LIMITS.shortText,
  search_query: LIMITS.searchQuery,
  referrer: LIMITS.url,
  utm_source: LIMITS.mediumText,
  utm_medium: LIMITS.mediumText,
  utm_campaign: LIMITS.mediumText,
  country: LIMITS.shortText,
  source: MOST_SOURCE_BYTES,
} as const;

type TextName = keyof typeof TEXT_LIMITS;
const TEXT_NAMES = Object.keys(TEXT_LIMITS) as TextName[];
const LIMIT_OF = Int32Array.from(TEXT_NAMES, (name) => TEXT_LIMITS[name]);

/** Of every event that is scanned, whether it says so or says nothing. */
export const SCANNED_SCHEMA_VERSION = 1;

/** Index of each text in `starts` and `ends`. */
export const SCANNED = Object.fromEntries(TEXT_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<TextName, number>
>;
const SCHEMA_VERSION = TEXT_NAMES.length;
const KEYS = new ByteNames([...TEXT_NAMES, 'schema_version'].map((name) => `"${name}":`));

const TYPES = new ByteNames(BUILT_IN_EVENT_TYPES.map((type) => `"${type}"`));
const REQUIRED = BUILT_IN_EVENT_TYPES.map((type) => WEB_EVENT_RULES[type].map((field) => SCANNED[field]));
/** Ids of which `.0` is cut off when there are only digits before it. */
const NORMALISED = [SCANNED.user_id, SCANNED.anonymous_id, SCANNED.product_id, SCANNED.order_id];
const NULLS = new ByteNames(['null']);

const MOST_BYTES = 16_384;
const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const VERSION_DIGIT = ZERO + SCANNED_SCHEMA_VERSION;
const OPEN = 123;
const CLOSE = 125;

/**
 * Reads events as nearly all are sent - compact JSON without escapes, of a built-in type, with known fields alone - and
 * leaves their texts where they stand, several times as fast as making values of them. Saying no costs nothing but time,
 * since `parseWebEvent` then decides; for whatever this says yes to, it has the same event (web-event-scanner.test.ts).
 */
export class WebEventScanner {
  /** Where each text begins and ends in `source`, if the event has it. */
  readonly starts = new Int32Array(TEXT_NAMES.length);
  readonly ends = new Int32Array(TEXT_NAMES.length);
  eventTimeMs = 0;
  readonly #buffer = new ScanBuffer(MOST_BYTES);
  readonly #timestamps = new TimestampReader();
  /** The field that followed each one last: senders always write them in the same order. */
  readonly #next = new Int32Array(TEXT_NAMES.length + 1);
  /** The source that was checked last, which nearly always is the next one's. */
  readonly #source = new Uint8Array(MOST_SOURCE_BYTES);
  #sourceLength = 0;
  /** A bit for every field that was seen, and for every text that is not empty. */
  #seen = 0;
  #present = 0;

  /** What was scanned last, with some bytes behind it; the next scan overwrites it. */
  get source(): DataView {
    return this.#buffer.view;
  }

  scan(body: Buffer): boolean {
    this.#seen = 0;
    this.#present = 0;
    if (!this.#buffer.fill(body) || body[0] !== OPEN || this.#scanFields() !== body.length) return false;
    return (!this.#buffer.hasWideText || isUtf8(body)) && this.#isUsual();
  }

  /** Whether the event has a text: an empty one means the same as none. */
  has(field: number): boolean {
    return ((this.#present >>> field) & 1) === 1;
  }

  /** Where the object ends; -1, as below, when it is none of the usual ones. */
  #scanFields(): number {
    const { bytes } = this.#buffer;
    let field = SCHEMA_VERSION;
    let at = 0;
    do {
      const keyAt = at + 1;
      const before = field;
      field = KEYS.find(this.#buffer.view, keyAt, this.#next[before] ?? 0);
      if (field < 0 || (this.#seen & (1 << field)) !== 0) return -1;
      this.#seen |= 1 << field;
      this.#next[before] = field;
      at = this.#scanValue(field, keyAt + (KEYS.lengths[field] ?? 0));
      if (at < 0) return -1;
    } while (bytes[at] === COMMA);
    return bytes[at] === CLOSE ? at + 1 : -1;
  }

  #scanValue(field: number, at: number): number {
    const { bytes, view } = this.#buffer;
    if (field === SCHEMA_VERSION) return bytes[at] === VERSION_DIGIT ? at + 1 : -1;
    if (bytes[at] !== QUOTE) return NULLS.find(view, at, 0) === 0 ? at + 4 : -1;
    const start = at + 1;
    const end = this.#buffer.textEnd(start);
    if (end < 0 || end - start > (LIMIT_OF[field] ?? 0)) return -1;
    this.starts[field] = start;
    this.ends[field] = end;
    if (end > start) this.#present |= 1 << field;
    return end + 1;
  }

  /** The rules across fields, and of fields that are more than a text. */
  #isUsual(): boolean {
    if (!this.has(SCANNED.event_id) || !this.has(SCANNED.event_type)) return false;
    const type = TYPES.find(this.#buffer.view, (this.starts[SCANNED.event_type] ?? 0) - 1, 0);
    const required = REQUIRED[type];
    if (required === undefined) return false;
    if (!this.has(SCANNED.user_id) && !this.has(SCANNED.anonymous_id)) return false;
    for (const field of required) if (!this.has(field)) return false;
    for (const field of NORMALISED) if (this.#endsInZero(field)) return false;
    return this.#hasUsualSource() && this.#hasTime();
  }

  #endsInZero(field: number): boolean {
    const { bytes } = this.#buffer;
    const end = this.ends[field] ?? 0;
    return this.has(field) && bytes[end - 1] === ZERO && bytes[end - 2] === DOT;
  }

  #hasUsualSource(): boolean {
    // An empty one is not the same as none.
    if (!this.has(SCANNED.source)) return (this.#seen & (1 << SCANNED.source)) === 0;
    const start = this.starts[SCANNED.source] ?? 0;
    const end = this.ends[SCANNED.source] ?? 0;
    if (this.#isLastSource(start, end)) return true;
    const { bytes } = this.#buffer;
    if (!SOURCE_PATTERN.test(bytes.toString('latin1', start, end))) return false;
    this.#source.set(bytes.subarray(start, end));
    this.#sourceLength = end - start;
    return true;
  }

  #isLastSource(start: number, end: number): boolean {
    if (end - start !== this.#sourceLength) return false;
    const { bytes } = this.#buffer;
    for (let at = start; at < end; at += 1) if (bytes[at] !== this.#source[at - start]) return false;
    return true;
  }

  #hasTime(): boolean {
    // Without this, a short event that has none would take the time that the event before it left behind in the buffer.
    if (!this.has(SCANNED.event_timestamp)) return false;
    const start = this.starts[SCANNED.event_timestamp] ?? 0;
    const timeMs = this.#timestamps.read(this.#buffer.bytes, start, this.ends[SCANNED.event_timestamp] ?? 0);
    this.eventTimeMs = timeMs ?? 0;
    return timeMs !== null;
  }
}
