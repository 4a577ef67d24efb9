import { createWriteKey, listWriteKeys, revokeWriteKey, type WriteKey } from '@ebb/postgres';
import { type Command, InvalidArgumentError } from 'commander';
import { commandContext } from '../context.ts';
import { withAdminPool } from '../stack/connection.ts';
import { formatTable } from './status-table.ts';
import { wholeNumber } from './whole-number.ts';

interface CreateOptions {
  source: string;
  origin: string[];
  rate: number;
  burst?: number;
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('write keys of the collector; it follows changes within 5 s');
  keys
    .command('create')
    .description('make a key; its text is shown once and cannot be read back')
    .argument('<name>', 'unique among the keys in force')
    .option('--source <source>', 'source of events that name none', parseSource, 'shop')
    .option('--origin <origin...>', 'browser origins that may use it, e.g. https://shop.example; "*" for every one', [])
    .option('--rate <count>', 'events per second that it may send', wholeNumber(1, 1_000_000), 10_000)
    .option('--burst <count>', 'events that may come at once (default: twice the rate)', wholeNumber(1, 1_000_000))
    .action(createKey);
  keys.command('list').description('all keys, revoked ones too').option('--json', 'for scripts').action(listKeys);
  keys
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<id-or-name>')
    .action(async (idOrName: string) => {
      const key = await withAdminPool(commandContext().home, (pool) => revokeWriteKey(pool, idOrName));
      console.log(`revoked "${key.name}" (${key.id})`);
    });
}

async function createKey(name: string, options: CreateOptions): Promise<void> {
  const input = {
    name,
    source: options.source,
    allowedOrigins: options.origin.map(normaliseOrigin),
    ratePerSecond: options.rate,
    burst: options.burst ?? options.rate * 2,
  };
  const { id, key } = await withAdminPool(commandContext().home, (pool) => createWriteKey(pool, input));
  console.error(`key "${name}" (${id}); it is shown only now:`);
  console.log(key);
}

async function listKeys(options: { json?: boolean }): Promise<void> {
  const keys = await withAdminPool(commandContext().home, listWriteKeys);
  if (options.json === true) {
    console.log(JSON.stringify(keys, null, 2));
    return;
  }
  const header = ['NAME', 'ID', 'SOURCE', 'ORIGINS', 'RATE/s', 'BURST', 'CREATED', 'REVOKED'];
  console.log(formatTable([header, ...keys.map(keyRow)]));
}

function timeCell(time: Date | null): string {
  return time?.toISOString().slice(0, 19) ?? '-';
}

function keyRow(key: WriteKey): string[] {
  return [
    key.name,
    key.id,
    key.source,
    key.allowedOrigins.join(' ') || '-',
    String(key.ratePerSecond),
    String(key.burst),
    timeCell(key.createdAt),
    timeCell(key.revokedAt),
  ];
}

function parseSource(text: string): string {
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(text)) {
    throw new InvalidArgumentError('lower-case letters, digits and _ are allowed, at most 32, a letter first');
  }
  return text;
}

/** Browsers send scheme, host and port only; anything more would never match. */
function normaliseOrigin(text: string): string {
  if (text === '*') return text;
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw new InvalidArgumentError(`"${text}" is no origin such as https://shop.example`);
  return origin;
}
