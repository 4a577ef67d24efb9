import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EbbError } from '@ebb/core';
import type { NamedCollections } from './engine-config.ts';
import type { User } from './users.ts';

export type ServerFilesErrorCode = 'SERVER_FILES_INVALID';

/** What this server reads of the configuration files of a ClickHouse server; everything else in them it ignores. */
export interface ServerFiles {
  port: number;
  host: string;
  dataDir: string;
  /** Null: not limited there. */
  memoryMb: number | null;
  users: User[];
  namedCollections: NamedCollections;
}

const MIB = 1024 ** 2;

/** Reads `config.xml` and the users file it names. Users need a `password_sha256_hex`; the profile says who only reads. */
export function readServerFiles(configFile: string): ServerFiles {
  const config = withoutComments(readFileSync(configFile, 'utf8'));
  const usersFile = element(element(element(config, 'user_directories') ?? '', 'users_xml') ?? '', 'path');
  if (usersFile === null) throw invalid(configFile, 'user_directories/users_xml/path');
  const users = withoutComments(readFileSync(resolve(configFile, '..', usersFile), 'utf8'));
  const memory = element(config, 'max_server_memory_usage');
  return {
    port: Number(element(config, 'http_port') ?? 8123),
    host: element(config, 'listen_host') ?? '127.0.0.1',
    dataDir: element(config, 'path') ?? '/var/lib/clickhouse/',
    memoryMb: memory === null ? null : Math.floor(Number(memory) / MIB),
    users: readUsers(users, usersFile),
    namedCollections: Object.fromEntries(
      children(element(config, 'named_collections') ?? '').map(([name, body]) => [
        name,
        Object.fromEntries(children(body)),
      ]),
    ),
  };
}

function readUsers(text: string, file: string): User[] {
  const profiles = element(text, 'profiles') ?? '';
  return children(element(text, 'users') ?? '').map(([name, body]) => {
    const passwordSha256 = element(body, 'password_sha256_hex');
    if (passwordSha256 === null) throw invalid(file, `users/${name}/password_sha256_hex`);
    const profile = element(profiles, element(body, 'profile') ?? 'default') ?? '';
    return {
      name,
      passwordSha256: passwordSha256.toLowerCase(),
      readonly: (element(profile, 'readonly') ?? '0') !== '0',
      grants: readGrants(body),
    };
  });
}

/** Null without any: such a user may do everything that its profile allows. */
function readGrants(user: string): string[] | null {
  const text = element(user, 'grants');
  if (text === null) return null;
  return [...text.matchAll(/<query>\s*GRANT\s+([^]*?)<\/query>/g)].map(([, grant = '']) => grant.trim());
}

/** Content of the first element of that name; null when there is none. The files are our own: no attributes, no CDATA. */
function element(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^]*?)</${name}>`).exec(xml)?.[1]?.trim() ?? null;
}

function children(xml: string): [string, string][] {
  return [...xml.matchAll(/<([\w-]+)>([^]*?)<\/\1>/g)].map(([, name = '', body = '']) => [name, body]);
}

function withoutComments(xml: string): string {
  return xml.replaceAll(/<!--[^]*?-->/g, '');
}

function invalid(file: string, path: string): EbbError<ServerFilesErrorCode> {
  return new EbbError<ServerFilesErrorCode>('SERVER_FILES_INVALID', `${file}: ${path} is missing`);
}
