import { parseArgs } from 'node:util';
import {
  type ConfigErrorCode,
  type ConfigOf,
  type ConfigRule,
  loadConfig,
  type Option,
  type Options,
} from '@ebb/config';
import { EbbError, errorMessage } from '@ebb/core';
import { z } from 'zod';

/** A switch is given without a value. */
export function switchFlag(name: string, description: string): Option<boolean> {
  return {
    name,
    schema: z
      .literal('on')
      .or(z.literal('off'))
      .transform((text) => text === 'on'),
    description,
    default: 'off',
  };
}

export function valueFlag<T>(
  name: string,
  schema: z.ZodType<T>,
  meta: { description: string; default?: string },
): Option<T> {
  return { name, schema, ...meta };
}

/** Null where the flag is not given. */
export function optionalFlag<T>(name: string, schema: z.ZodType<T>, description: string): Option<T | null> {
  const orAbsent = z.string().transform((text, context) => {
    if (text === '') return null;
    const read = schema.safeParse(text);
    if (read.success) return read.data;
    // Issues are passed on one by one: a union of the two would only say that the input is invalid.
    for (const { message } of read.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return { name, schema: orAbsent, description, default: '' };
}

/**
 * Reads command-line flags with the same table of options as the environment: every problem at once, CONFIG_INVALID.
 * Option names carry their dashes (`--rate`).
 */
export function readFlags<O extends Options>(
  args: readonly string[],
  options: O,
  rules: readonly ConfigRule<O>[] = [],
): { flags: ConfigOf<O>; operands: string[] } {
  const { values, positionals } = split(args, options);
  const given = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`--${name}`, value === true ? 'on' : String(value)]),
  );
  return { flags: loadConfig(options, given, rules), operands: positionals };
}

function split(
  args: readonly string[],
  options: Options,
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  const table = Object.values(options).map((entry) => [
    entry.name.slice(2),
    { type: isSwitch(entry) ? ('boolean' as const) : ('string' as const) },
  ]);
  try {
    const parsed = parseArgs({
      args: [...args],
      options: Object.fromEntries(table),
      allowPositionals: true,
      strict: true,
    });
    return { values: parsed.values as Record<string, string | boolean | undefined>, positionals: parsed.positionals };
  } catch (error) {
    throw invalidArguments(errorMessage(error));
  }
}

function isSwitch(entry: Option): boolean {
  return entry.default === 'off';
}

export function invalidArguments(message: string): EbbError {
  return new EbbError<ConfigErrorCode>('CONFIG_INVALID', message);
}

/** The flags as help text. */
export function describeFlags(options: Options): string {
  const rows = Object.values(options).map((entry) => {
    const name = isSwitch(entry) ? entry.name : `${entry.name} VALUE`;
    const fallback = isSwitch(entry) || !entry.default ? '' : ` [${entry.default}]`;
    return `  ${name.padEnd(26)} ${entry.description}${fallback}`;
  });
  return rows.join('\n');
}
