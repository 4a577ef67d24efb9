import { LOCALE } from './locale.ts';

/** Numbers and times as readers see them. A formatter is made once per locale and kind: making one is slow. */

const NONE = '–';
const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  formatters.set(key, made);
  return made;
}

export function formatCount(value: number | null | undefined, locale = LOCALE): string {
  if (value === null || value === undefined) return NONE;
  return cached(`count|${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })).format(value);
}

export function formatRate(value: number | null | undefined, locale = LOCALE): string {
  if (value === null || value === undefined) return NONE;
  const digits = value < 100 ? 1 : 0;
  const make = (): Intl.NumberFormat => new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  return cached(`rate|${locale}|${digits}`, make).format(value);
}

/** Short form for chart axes: 1.2K, 3M. */
export function formatShort(value: number, locale = LOCALE): string {
  const make = (): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  return cached(`short|${locale}`, make).format(value);
}

/**
 * An amount from its decimal text. The text goes to Intl as it is: through a number, 17-digit amounts would lose
 * their cents.
 */
export function formatMoney(amount: string | null | undefined, currency: string | null, locale = LOCALE): string {
  if (amount === null || amount === undefined) return NONE;
  return moneyFormat(currency, locale).format(amount as Intl.StringNumericLiteral) + suffix(currency);
}

/** Amount without its minor unit once it is too long for a tile. */
export function formatShortMoney(value: number, currency: string | null, locale = LOCALE): string {
  const make = (): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      ...currencyStyle(currency),
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: 1,
    });
  return cached(`shortmoney|${locale}|${currency}`, make).format(value);
}

function moneyFormat(currency: string | null, locale: string): Intl.NumberFormat {
  const plain: Intl.NumberFormatOptions = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return cached(`money|${locale}|${currency}`, () => new Intl.NumberFormat(locale, currencyStyle(currency) ?? plain));
}

/** How Intl writes the currency; one it does not take (it wants three letters) is left to `suffix`. */
function currencyStyle(currency: string | null): Intl.NumberFormatOptions | null {
  return currency !== null && /^[A-Z]{3}$/.test(currency) ? { style: 'currency', currency } : null;
}

function suffix(currency: string | null): string {
  return currency === null || currencyStyle(currency) !== null ? '' : ` ${currency}`;
}

/** An upper bound in words: what is known to be less. */
export function formatBound(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE;
  return ms < 60_000 ? `under ${Math.floor(ms / 1000) + 1} s` : formatDuration(ms);
}

export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

export function formatClock(epochMs: number, timeZone: string, options: { seconds: boolean }): string {
  const make = (): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      ...(options.seconds ? { second: '2-digit' } : {}),
      hourCycle: 'h23',
    });
  return cached(`clock|${timeZone}|${options.seconds}`, make).format(epochMs);
}

/** A calendar day in words: "Saturday, 21 November 2026". */
export function formatDay(day: string, locale = LOCALE): string {
  const make = (): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, {
      timeZone: 'UTC',
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
    });
  return cached(`day|${locale}`, make).format(Date.parse(`${day}T00:00:00Z`));
}

/** A calendar day, short: "21 Nov 2026". */
export function formatDate(day: string, locale = LOCALE): string {
  const make = (): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  return cached(`date|${locale}`, make).format(Date.parse(`${day}T00:00:00Z`));
}

/** A moment, short, in UTC as the logs and commands have it: "21 Nov 2026, 10:05". */
export function formatInstant(instant: string, locale = LOCALE): string {
  const ms = Date.parse(instant);
  return `${formatDate(instant.slice(0, 10), locale)}, ${formatClock(ms, 'UTC', { seconds: false })}`;
}

/** A moment to the millisecond, in UTC as the logs and commands have it: "2026-11-21 10:05:00.123". */
export function formatExact(instant: string): string {
  return new Date(instant).toISOString().replace('T', ' ').slice(0, -1);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number | null | undefined, locale = LOCALE): string {
  if (bytes === null || bytes === undefined) return NONE;
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const digits = power === 0 ? 0 : 1;
  const make = (): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${cached(`bytes|${locale}|${digits}`, make).format(bytes / 1024 ** power)} ${BYTE_UNITS[power]}`;
}

/** A share between 0 and 1 in percent, with one decimal. */
export function formatPercent(share: number | null | undefined, locale = LOCALE): string {
  if (share === null || share === undefined) return NONE;
  const make = (): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return cached(`percent|${locale}`, make).format(share);
}

export function formatShare(part: number, whole: number, locale = LOCALE): string {
  if (whole <= 0) return NONE;
  const make = (): Intl.NumberFormat => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  return cached(`share|${locale}`, make).format(part / whole);
}
