import { ValueError } from './failures.ts';

const DAY_SECONDS = 86_400;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})Z?$/;
const ISO_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;
const MICROS = 1_000_000;

/** Days since 1970-01-01 of a date in ISO form. */
export function parseIsoDate(text: string): number {
  const match = ISO_DATE.exec(text);
  if (match === null) throw new ValueError(`${text} is no date from year 0 to 9999`);
  return dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
}

/**
 * Microseconds since 1970 of an ISO timestamp; without a zone it is UTC. A bigint beyond 2^53, so from the year 2255 on.
 * Digits below the microsecond would be lost and are refused.
 */
export function parseIsoTimestamp(text: string): number | bigint {
  return parsePlain(text) ?? parseAny(text);
}

/** `2026-01-02T03:04:05.678901Z`, the form nearly all have: a loop over digits is several times cheaper than a pattern. */
function parsePlain(text: string): number | undefined {
  const { length } = text;
  if (length < 20 || length > 27 || text.charCodeAt(length - 1) !== UPPER_Z) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const clock = digits(text, 11, 13) * 3600 + digits(text, 14, 16) * 60 + digits(text, 17, 19);
  const fraction = length === 20 ? 0 : digits(text, 20, length - 1) * (POWERS[27 - length] ?? NaN);
  const hasMarks = text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH && text.charCodeAt(13) === COLON;
  const total = (dayNumber(year, month, day) * DAY_SECONDS + clock) * MICROS + fraction;
  return hasMarks && Number.isSafeInteger(total) ? total : undefined;
}

const UPPER_Z = 90;
const DASH = 45;
const COLON = 58;
/** By what a fraction of 6, 5, … digits is multiplied to be microseconds. */
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000];

/** NaN where there is anything but digits. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string): number | bigint {
  const match = ISO_TIME.exec(text);
  if (match === null) throw new ValueError(`${text.slice(0, 60)} is no time from year 0 to 9999`);
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match;
  if (fraction.length > 6 && /[1-9]/.test(fraction.slice(6)))
    throw new ValueError(`${text} is finer than microseconds`);
  const clock = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - zoneSeconds(zone);
  const seconds = dayNumber(Number(year), Number(month), Number(day)) * DAY_SECONDS + clock;
  return microseconds(seconds, fraction === '' ? 0 : Number(fraction.slice(0, 6).padEnd(6, '0')));
}

function microseconds(seconds: number, micros: number): number | bigint {
  const total = seconds * MICROS + micros;
  return Number.isSafeInteger(total) ? total : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2) || 0) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
