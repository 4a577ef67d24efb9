import { readFileSync } from 'node:fs';
import { EbbError, err, errorMessage, ok, type Result } from '@ebb/core';
import type { z } from 'zod';

export type ConfigErrorCode = 'CONFIG_INVALID';
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Option<T = unknown> {
  /** Environment variable; `<name>_FILE` names a file that holds the value instead. */
  readonly name: string;
  /** Reads the variable's text. */
  readonly schema: z.ZodType<T>;
  readonly description: string;
  /** Text used where the variable is not set; without one the variable is required. */
  readonly default?: string;
  /** A secret's value never appears in an error or a log. */
  readonly secret?: boolean;
}

export type Options = Readonly<Record<string, Option>>;
export type ConfigOf<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };
/** A rule over several options: the problem in words, or null. */
export type ConfigRule<O extends Options> = (config: ConfigOf<O>) => string | null;

export function option<T>(name: string, schema: z.ZodType<T>, meta: Omit<Option<T>, 'name' | 'schema'>): Option<T> {
  return { name, schema, ...meta };
}

/**
 * Reads a service's options from an environment that is passed in (the process's own by default at the entry point
 * only). Returns a frozen object; raises CONFIG_INVALID with every problem at once, so that one start shows them all.
 */
export function loadConfig<O extends Options>(
  options: O,
  env: Environment = process.env,
  rules: readonly ConfigRule<O>[] = [],
): ConfigOf<O> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(options)) {
    const read = readOption(entry, env);
    if (read.ok) values[key] = read.value;
    else problems.push(read.error);
  }
  const config = Object.freeze(values) as ConfigOf<O>;
  if (problems.length === 0) problems.push(...rules.map((rule) => rule(config)).filter((problem) => problem !== null));
  if (problems.length > 0)
    throw new EbbError<ConfigErrorCode>('CONFIG_INVALID', `configuration: ${problems.join('; ')}`);
  return config;
}

function readOption(entry: Option, env: Environment): Result<unknown, string> {
  const text = readText(entry, env);
  if (!text.ok) return text;
  if (text.value === undefined) return err(`${entry.name} is not set (${entry.description})`);
  const parsed = entry.schema.safeParse(text.value);
  if (parsed.success) return ok(parsed.data);
  const shown = entry.secret ? 'its value' : JSON.stringify(text.value);
  return err(`${entry.name}: ${shown} ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
}

function readText(entry: Option, env: Environment): Result<string | undefined, string> {
  const direct = env[entry.name];
  const file = env[`${entry.name}_FILE`];
  if (direct !== undefined && direct !== '' && file !== undefined && file !== '')
    return err(`${entry.name} and ${entry.name}_FILE are both set; keep one`);
  if (direct !== undefined && direct !== '') return ok(direct);
  if (file === undefined || file === '') return ok(entry.default);
  try {
    return ok(readFileSync(file, 'utf8').trimEnd());
  } catch (error) {
    return err(`${entry.name}_FILE: cannot read ${JSON.stringify(file)} (${errorMessage(error)})`);
  }
}

export interface OptionDescription {
  name: string;
  default: string;
  description: string;
}

/** The settings as table rows, for READMEs and `--help`. */
export function describeOptions(options: Options): OptionDescription[] {
  return Object.values(options).map((entry) => ({
    name: entry.name,
    default: entry.secret ? '' : (entry.default ?? '(required)'),
    description: entry.description,
  }));
}

/** The process's environment, for tools that start children; services take typed options instead. */
export function hostEnvironment(): Environment {
  return process.env;
}
