import { postgresUrl } from '@ebb/local-stack';
import { ensureDatabase, type RoleName } from '@ebb/postgres';
import { serverPort } from './links.ts';
import type { PartContext, PartName } from './part.ts';
import { roleUrl } from './parts.ts';

/** A database in the stack's server that belongs to one program. */
interface OwnDatabase {
  name: string;
  owner: RoleName;
}

/** Made when it is not there; its address. */
export async function ensureOwnDatabase(context: PartContext, part: PartName, database: OwnDatabase): Promise<string> {
  const port = serverPort(context, part, 'postgres');
  await ensureDatabase({ url: postgresUrl({ port, password: context.secrets.superuserPassword }), ...database });
  return ownDatabaseUrl(context, part, database);
}

/** With the login of its owner. */
export function ownDatabaseUrl(context: PartContext, part: PartName, { name, owner }: OwnDatabase): string {
  const url = new URL(roleUrl(context.secrets, serverPort(context, part, 'postgres'), owner));
  url.pathname = `/${name}`;
  return url.href;
}
