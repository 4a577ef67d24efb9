/**
 * Reads an ISO 8601 date-time with a zone (`Z` or `±hh:mm`) to epoch milliseconds, or null when it is none.
 * Written by hand because `Date.parse` takes a missing zone as local time and 31 February as 3 March. Fractions of up to
 * 9 digits are cut to milliseconds. Years 1970-2199: anything else is a broken clock or a unit mistake.
 */
export function parseTimestamp(text: string): number | null {
  if (text.length < 20 || text.length > 35) return null;
  if (!hasSeparators(text)) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1) return null;
  if (day > daysInMonth(year, month)) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  const zoneAt = fractionEnd(text);
  if (zoneAt < 0) return null;
  const offsetMs = zoneOffsetMs(text, zoneAt);
  if (offsetMs === null) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond(text, zoneAt)) - offsetMs;
}

const COLON = 58;
const DASH = 45;
const PLUS = 43;
const DOT = 46;
const UPPER_T = 84;
const UPPER_Z = 90;
const ZERO = 48;
const MAX_OFFSET_HOURS = 18;

function hasSeparators(text: string): boolean {
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === UPPER_T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

/** The number between two positions, or -1 when a character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Where the zone starts: after the seconds, or after a fraction of 1-9 digits; -1 when the fraction is malformed. */
function fractionEnd(text: string): number {
  if (text.charCodeAt(19) !== DOT) return 19;
  let at = 20;
  while (digits(text, at, at + 1) >= 0) at++;
  return at === 20 || at > 29 ? -1 : at;
}

function millisecond(text: string, zoneAt: number): number {
  if (zoneAt === 19) return 0;
  const end = Math.min(zoneAt, 23);
  return digits(text, 20, end) * 10 ** (23 - end);
}

function zoneOffsetMs(text: string, at: number): number | null {
  const sign = text.charCodeAt(at);
  if (sign === UPPER_Z) return text.length === at + 1 ? 0 : null;
  if ((sign !== PLUS && sign !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return null;
  const hours = digits(text, at + 1, at + 3);
  const minutes = digits(text, at + 4, at + 6);
  if (hours < 0 || hours > MAX_OFFSET_HOURS || minutes < 0 || minutes > 59) return null;
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return sign === DASH ? -offsetMs : offsetMs;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
