import { type Pool, withTransaction } from '@ebb/postgres';
import { type Command, InvalidArgumentError } from 'commander';
import { withDatabase } from '../connections.ts';
import { commandContext } from '../context.ts';

interface RebuildOptions {
  from: string;
  to?: string;
}

export function registerKpi(program: Command): void {
  const kpi = program.command('kpi').description('the live figures');
  kpi
    .command('rebuild')
    .description('count the figures of business days anew from stored events and orders, beside a running aggregator')
    .requiredOption('--from <day>', 'first day, YYYY-MM-DD', parseDay)
    .option('--to <day>', 'last day; today unless given', parseDay)
    .action((options: RebuildOptions) => withDatabase(commandContext(), (pool) => rebuild(pool, options)));
}

async function rebuild(pool: Pool, { from, to }: RebuildOptions): Promise<void> {
  const days = await storedDays(pool, from, to ?? null);
  if (days.length === 0) console.log('no stored day in that range');
  for (const day of days) {
    // One transaction per day: batches of that day wait for it, those of other days do not.
    const startedAt = performance.now();
    const hasWeb = await withTransaction(pool, (client) => rebuildDay(client, day));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `${day}  ${hasWeb ? 'web and orders' : 'orders; its raw web events were dropped, web figures stay'}  ${seconds} s`,
    );
  }
}

/** Business days in the range that have figures, events or orders. */
async function storedDays(pool: Pool, from: string, to: string | null): Promise<string[]> {
  const { rows } = await pool.query<{ day: string }>('SELECT day FROM kpi.rebuildable_days($1::date, $2::date) day', [
    from,
    to,
  ]);
  return rows.map((row) => row.day);
}

async function rebuildDay(client: Pick<Pool, 'query'>, day: string): Promise<boolean> {
  const { rows } = await client.query<{ rebuilt: boolean }>('SELECT kpi.rebuild_day($1::date) AS rebuilt', [day]);
  return rows[0]?.rebuilt === true;
}

function parseDay(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDay) throw new InvalidArgumentError('expected a day such as 2026-11-21');
  return text;
}
