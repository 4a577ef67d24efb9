import { z } from 'zod';

/** Schemas that read an environment string. Each refuses what it cannot read; none turns a typo into NaN or false. */

export function envText(limits: { min?: number } = {}): z.ZodType<string> {
  return z.string().min(limits.min ?? 1, 'must not be empty');
}

export function envInteger(limits: { min?: number; max?: number } = {}): z.ZodType<number> {
  return z
    .string()
    .regex(/^[+-]?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(
      z
        .number()
        .int()
        .min(limits.min ?? Number.MIN_SAFE_INTEGER)
        .max(limits.max ?? Number.MAX_SAFE_INTEGER),
    );
}

export function envNumber(limits: { min?: number; max?: number } = {}): z.ZodType<number> {
  return z
    .string()
    .regex(/^[+-]?(\d+\.?\d*|\.\d+)$/, 'must be a plain decimal number')
    .transform(Number)
    .pipe(
      z
        .number()
        .min(limits.min ?? -Number.MAX_VALUE)
        .max(limits.max ?? Number.MAX_VALUE),
    );
}

const TRUE_WORDS = new Set(['true', '1', 'on', 'yes']);
const FALSE_WORDS = new Set(['false', '0', 'off', 'no']);

export function envFlag(): z.ZodType<boolean> {
  return z
    .string()
    .toLowerCase()
    .refine((word) => TRUE_WORDS.has(word) || FALSE_WORDS.has(word), 'must be on or off')
    .transform((word) => TRUE_WORDS.has(word));
}

/** Comma-separated, blanks around items dropped; at least one item. */
export function envList(): z.ZodType<string[]> {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .pipe(z.array(z.string()).min(1, 'must list at least one item'));
}

export function envEnum<const T extends readonly [string, ...string[]]>(values: T): z.ZodType<T[number]> {
  return z.enum(values);
}

export function envUrl(protocols: readonly string[]): z.ZodType<string> {
  return z.string().refine(
    (text) => {
      const url = URL.parse(text);
      return url !== null && protocols.includes(url.protocol.replace(/:$/, ''));
    },
    `must be a URL with protocol ${protocols.join(' or ')}`,
  );
}
