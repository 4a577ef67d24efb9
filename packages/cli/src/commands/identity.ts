import { listIdentityUnmerges, restoreIdentity, unmergeIdentity } from '@ebb/postgres';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { withAdminPool } from '../stack/connection.ts';
import { formatTable } from './status-table.ts';

const NEXT = 'the next build follows it, for the past as well';

export function registerIdentity(program: Command): void {
  const identity = program
    .command('identity')
    .description('whose anonymous visits are; events decide, people correct them here');
  identity
    .command('unmerge')
    .description(`an anonymous_id is not this user's; ${NEXT}`)
    .argument('<anonymous-id>')
    .argument('<user-id>')
    .option('--source <source>', 'world of the visits', 'shop')
    .option('--reason <text>', 'for whoever asks later', '')
    .action(unmerge);
  identity
    .command('restore')
    .description(`take an unmerge back; ${NEXT}`)
    .argument('<anonymous-id>')
    .argument('<user-id>')
    .option('--source <source>', 'world of the visits', 'shop')
    .action(restore);
  identity.command('list').description('all unmerges in force').action(list);
}

async function unmerge(
  anonymousId: string,
  userId: string,
  { source, reason }: { source: string; reason: string },
): Promise<void> {
  const isNew = await withAdminPool(commandContext().home, (pool) =>
    unmergeIdentity(pool, { source, anonymousId, userId, reason }),
  );
  const link = `${anonymousId} and ${userId} (${source})`;
  console.log(isNew ? `unmerged ${link}; ${NEXT}` : `${link} were unmerged before; nothing changed`);
}

async function restore(anonymousId: string, userId: string, { source }: { source: string }): Promise<void> {
  const existed = await withAdminPool(commandContext().home, (pool) =>
    restoreIdentity(pool, { source, anonymousId, userId }),
  );
  const link = `${anonymousId} and ${userId} (${source})`;
  console.log(existed ? `restored ${link}; ${NEXT}` : `${link} are not unmerged; see ebb identity list`);
  if (!existed) process.exitCode = 1;
}

async function list(): Promise<void> {
  const unmerges = await withAdminPool(commandContext().home, listIdentityUnmerges);
  const cells = unmerges.map((one) => [
    one.source,
    one.anonymousId,
    one.userId,
    one.madeAt.toISOString().slice(0, 19),
    one.reason,
  ]);
  console.log(formatTable([['SOURCE', 'ANONYMOUS ID', 'USER ID', 'SINCE', 'REASON'], ...cells]));
}
