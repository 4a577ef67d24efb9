import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ADMIN_ROLE, type EngineRole, READER_ROLE } from './engine-config.ts';
import { refuse } from './exceptions.ts';

/** Who may log in. The front checks the password; the engine enforces what the role allows. */
export interface User {
  name: string;
  /** SHA-256 of the password, in hexadecimal. */
  passwordSha256: string;
  readonly: boolean;
  /** Each the text between GRANT and TO; null: everything, or all reading. */
  grants: readonly string[] | null;
}

/** The role of the engine that a user's statements run with. */
export function roleOf(user: User): string {
  if (user.grants !== null) return `login_${user.name}`;
  return user.readonly ? READER_ROLE : ADMIN_ROLE;
}

/** Roles of the users that have grants of their own. */
export function ownRoles(users: readonly User[]): EngineRole[] {
  return users.flatMap((user) => (user.grants === null ? [] : [{ name: roleOf(user), grants: user.grants }]));
}

/** As a setting holds it. */
export const userSchema: z.ZodType<User> = z
  .object({
    name: z.string().regex(/^[A-Za-z_][\w-]*$/, 'must be a plain name'),
    password: z.string().min(1),
    readonly: z.boolean(),
    grants: z.array(z.string().min(1)).optional(),
  })
  .transform(({ name, password, readonly, grants }) => ({
    name,
    passwordSha256: sha256(password),
    readonly,
    grants: grants ?? null,
  }));

/** The user of a request, by basic authentication, ClickHouse's headers or its query parameters; throws 516. */
export function authenticate(users: readonly User[], headers: IncomingHttpHeaders, params: URLSearchParams): User {
  const { name, password } = credentials(headers, params);
  const user = users.find((one) => one.name === name);
  // Compared even when there is no such user, so that the time does not tell which names exist.
  const isRight = isEqual(sha256(password), user?.passwordSha256 ?? '');
  if (user !== undefined && isRight) return user;
  throw refuse(
    'AUTHENTICATION_FAILED',
    `${name}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function credentials(headers: IncomingHttpHeaders, params: URLSearchParams): { name: string; password: string } {
  const basic = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return colon < 0 ? { name: text, password: '' } : { name: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return {
    name: single(headers['x-clickhouse-user']) ?? params.get('user') ?? 'default',
    password: single(headers['x-clickhouse-key']) ?? params.get('password') ?? '',
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one.padEnd(DIGEST_CHARS)), Buffer.from(other.padEnd(DIGEST_CHARS)));
}

const DIGEST_CHARS = 64;
