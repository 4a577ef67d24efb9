import { envText, envUrl, type Environment, loadConfig, option } from '@ebb/config';
import { LoadTableError } from './errors.ts';

/** Where a foreign table is, and how to log in there. */
export interface ForeignTable {
  kind: 'postgresql' | 'mysql';
  address: string;
  database: string;
  /** PostgreSQL only. */
  schema: string | null;
  table: string;
  user: string;
  password: string;
}

const PROTOCOLS = ['postgres', 'postgresql', 'mysql', 'mariadb'];
const foreignUrl = {
  url: option('EBB_FOREIGN_URL', envUrl(PROTOCOLS), {
    description: 'database to import from, with its login',
    secret: true,
  }),
};
const foreignPassword = {
  password: option('EBB_FOREIGN_PASSWORD', envText({ min: 0 }), {
    description: 'password for the database to import from',
    default: '',
    secret: true,
  }),
};

/**
 * Reads `postgresql://user@host:5432/database` (or `mysql:`, `mariadb:`) and `schema.table`. The password comes from
 * EBB_FOREIGN_PASSWORD, or its file; `-` in place of the URL takes all of it from EBB_FOREIGN_URL, or its file.
 */
export function foreignTable(urlArgument: string, tableArgument: string, env: Environment): ForeignTable {
  const isGiven = urlArgument !== '-';
  const url = parsed(isGiven ? urlArgument : loadConfig(foreignUrl, env).url);
  if (isGiven && url.password !== '') {
    throw new LoadTableError(
      'PASSWORD_IN_ARGUMENT',
      'the address holds a password, which everybody on this machine could read: leave it out, and set ' +
        'EBB_FOREIGN_PASSWORD (or EBB_FOREIGN_PASSWORD_FILE), or write - and set EBB_FOREIGN_URL (or …_FILE)',
    );
  }
  const kind = url.protocol.startsWith('postgres') ? 'postgresql' : 'mysql';
  const password = decodeURIComponent(url.password) || loadConfig(foreignPassword, env).password;
  const { schema, table } = tableName(kind, tableArgument);
  return {
    kind,
    address: `${url.hostname}:${url.port || (kind === 'postgresql' ? '5432' : '3306')}`,
    database: decodeURIComponent(url.pathname.slice(1)),
    schema,
    table,
    user: decodeURIComponent(url.username),
    password,
  };
}

/** Shows no part of the text: a mistyped address may hold a password anywhere. */
function parsed(text: string): URL {
  const url = URL.parse(text);
  const isComplete = url !== null && url.hostname !== '' && url.username !== '' && url.pathname.length > 1;
  if (isComplete && PROTOCOLS.includes(url.protocol.slice(0, -1))) return url;
  throw new LoadTableError(
    'BAD_URL',
    'the address must look like postgresql://user@host:5432/database or mysql://user@host:3306/database',
  );
}

function tableName(kind: ForeignTable['kind'], text: string): { schema: string | null; table: string } {
  const [first = '', second, ...more] = text.split('.');
  const isTwoPart = second !== undefined;
  if (first === '' || second === '' || more.length > 0 || (isTwoPart && kind === 'mysql')) {
    const form = kind === 'mysql' ? 'table' : 'table or schema.table';
    throw new LoadTableError('BAD_TABLE', `${JSON.stringify(text)} is no table; write ${form}`);
  }
  if (kind === 'mysql') return { schema: null, table: first };
  return isTwoPart ? { schema: first, table: second } : { schema: 'public', table: first };
}

/** Name of the table that its rows are imported into, unless another is asked for. */
export function defaultTarget({ database, schema, table }: ForeignTable): string {
  const parts = [database, ...(schema === null || schema === 'public' ? [] : [schema]), table];
  return `foreign_${parts.join('_').toLowerCase().replaceAll(/\W+/g, '_')}`;
}
