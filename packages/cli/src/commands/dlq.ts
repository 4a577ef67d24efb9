import { createProducer } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import { type Command, InvalidArgumentError } from 'commander';
import { openKafka, withDatabase } from '../connections.ts';
import { type CommandContext, commandContext } from '../context.ts';
import { latestPolicy } from '../contracts/policy-versions.ts';
import {
  countByReason,
  dropLetters,
  findLetter,
  type LetterFilter,
  newestLetters,
} from '../dlq/dead-letter-queries.ts';
import { DlqError } from '../dlq/errors.ts';
import { describeLetter, formatCounts, formatLetters, formatOutcome } from '../dlq/format.ts';
import { replayLetters, type ReplayOutcome } from '../dlq/replay.ts';
import { wholeNumber } from './whole-number.ts';

interface FilterOptions {
  reason?: string;
  since?: Date;
  until?: Date;
}

type ListOptions = FilterOptions & { limit: number; json?: boolean };
type ReplayOptions = FilterOptions & { dryRun?: boolean; again?: boolean; json?: boolean };
type DropOptions = FilterOptions & { yes?: boolean };

export function registerDlq(program: Command): void {
  const dlq = program.command('dlq').description('dead letters: messages that could not be counted');
  withFilter(dlq.command('list').description('counts by reason, and the newest letters'))
    .option('--limit <count>', 'letters to show', wholeNumber(0, 10_000), 20)
    .option('--json', 'for scripts')
    .action((options: ListOptions) => withDatabase(commandContext(), (pool) => list(pool, options)));
  dlq
    .command('show')
    .description('all about one letter, its payload included')
    .argument('<id>', '', parseId)
    .action((id: string) => withDatabase(commandContext(), (pool) => show(pool, id)));
  withFilter(dlq.command('replay').description('send payloads to their topics again; repeats count once'))
    .argument('[id...]', '', parseIds)
    .option('--dry-run', 'only say what would be sent')
    .option('--again', 'also those that were sent again before')
    .option('--json', 'for scripts')
    .action((ids: string[] | undefined, options: ReplayOptions) => replay(commandContext(), ids ?? [], options));
  withFilter(dlq.command('drop').description('empty payloads for good; reason and position stay on record'))
    .argument('[id...]', '', parseIds)
    .option('--yes', 'really')
    .action((ids: string[] | undefined, options: DropOptions) =>
      withDatabase(commandContext(), (pool) => drop(pool, chosen(ids ?? [], options), options)),
    );
}

function withFilter(command: Command): Command {
  return command
    .option('--reason <code>', 'only with this code, such as unknown_event_type')
    .option('--since <time>', 'failed at or after, ISO 8601', parseTime)
    .option('--until <time>', 'failed before, ISO 8601', parseTime);
}

async function list(pool: Pool, options: ListOptions): Promise<void> {
  const counts = await countByReason(pool, options);
  const letters = await newestLetters(pool, options, options.limit);
  if (options.json === true) {
    console.log(JSON.stringify({ counts, letters: letters.map(describeLetter) }, null, 2));
  } else if (counts.length === 0) {
    console.log('no dead letters');
  } else {
    console.log(`${formatCounts(counts)}\n\n${formatLetters(letters)}`);
  }
}

async function show(pool: Pool, id: string): Promise<void> {
  const letter = await findLetter(pool, id);
  if (letter === undefined) throw new DlqError('UNKNOWN_LETTER', `no dead letter has the id ${id}`);
  console.log(JSON.stringify(describeLetter(letter), null, 2));
}

async function replay(context: CommandContext, ids: string[], options: ReplayOptions): Promise<void> {
  const filter = { ...chosen(ids, options), withReplayed: ids.length > 0 || options.again === true };
  const outcome = await withDatabase(context, (pool) => sendAgain(context, pool, filter, options.dryRun === true));
  console.log(options.json === true ? JSON.stringify(outcome) : formatOutcome(outcome, options.dryRun === true));
  if (ids.length > 0 && outcome.sent < ids.length) {
    throw new DlqError('NOT_REPLAYED', `${outcome.sent} of the ${ids.length} letters can be sent again`);
  }
}

async function sendAgain(
  context: CommandContext,
  pool: Pool,
  filter: LetterFilter,
  isDryRun: boolean,
): Promise<ReplayOutcome> {
  const deps = { pool, policy: await latestPolicy(pool), nowMs: Date.now() };
  if (isDryRun) return replayLetters({ ...deps, producer: null }, filter);
  const producer = createProducer(await openKafka(context));
  await producer.connect();
  try {
    return await replayLetters({ ...deps, producer }, filter);
  } finally {
    await producer.disconnect();
  }
}

async function drop(pool: Pool, filter: LetterFilter, { yes }: DropOptions): Promise<void> {
  const counts = await countByReason(pool, filter);
  const total = counts.reduce((sum, count) => sum + Number(count.letters), 0);
  if (yes !== true) throw new DlqError('NOT_CONFIRMED', `${total} letters would be dropped for good; add --yes`);
  console.log(`${await dropLetters(pool, filter)} dropped`);
}

/** Ids or a filter must be given: a slip must not replay or drop everything. */
function chosen(ids: readonly string[], options: FilterOptions): LetterFilter {
  const { reason, since, until } = options;
  if (ids.length === 0 && reason === undefined && since === undefined && until === undefined) {
    throw new DlqError('NOT_CHOSEN', 'say which letters: ids, --reason, --since or --until');
  }
  return {
    ...(ids.length > 0 ? { ids } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('an ISO 8601 date or time is expected, such as 2026-11-21T10:00:00Z');
  }
  return time;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function parseId(text: string): string {
  if (!UUID.test(text)) throw new InvalidArgumentError('the id of a letter is a UUID, see ebb dlq list');
  return text.toLowerCase();
}

function parseIds(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), parseId(text)];
}
