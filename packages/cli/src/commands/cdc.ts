import { type Environment, envUrl, loadConfig, option } from '@ebb/config';
import { EbbError } from '@ebb/core';
import type { Command } from 'commander';
import { formatDrift, readDrift } from '../cdc/drift.ts';
import { requestResnapshot, resnapshotFinished, retireEpoch, setPaused } from '../cdc/requests.ts';
import { formatStatus, readStatus } from '../cdc/status.ts';
import { withClickhouse, withDatabase } from '../connections.ts';
import { type CommandContext, commandContext } from '../context.ts';
import { reportStack } from '../stack/report.ts';

const SERVICE_URL = 'EBB_CDC_CONNECTOR_URL';
const options = {
  serviceUrl: option(SERVICE_URL, envUrl(['http', 'https']), { description: "address of the connector's service" }),
};

export function registerCdc(program: Command): void {
  const cdc = program.command('cdc').description('the capture of changes from Postgres');
  cdc
    .command('status')
    .description('epoch, connector, slot, tables and what needs somebody')
    .option('--json', 'for scripts')
    .action(showStatus);
  cdc
    .command('resnapshot')
    .description('read a captured table again, beside the changes that go on')
    .argument('<table>', 'such as crm.customers')
    .option('--where <sql>', 'only the rows for which this holds')
    .option('--timeout <seconds>', 'how long to wait for the end; 0: not at all', Number, 600)
    .action(resnapshot);
  cdc
    .command('pause')
    .description('stop capturing; Postgres keeps its log meanwhile')
    .action(() => pause(true));
  cdc
    .command('resume')
    .description('go on capturing')
    .action(() => pause(false));
  cdc
    .command('epoch')
    .description('begin a new epoch: a new slot, and every table read anew')
    .requiredOption('--yes', 'every table is read anew')
    .action(newEpoch);
  cdc
    .command('drift')
    .description('how captured schemas have changed, and what ClickHouse made of it; fails while a table stands still')
    .argument('[table]', 'such as crm.customers; default: all')
    .option('--all', 'also what changed nothing')
    .option('--json', 'for scripts')
    .action(showDrift);
}

async function showDrift(table: string | undefined, options: { all?: boolean; json?: boolean }): Promise<void> {
  const drift = await withClickhouse(commandContext(), (clickhouse) =>
    readDrift(clickhouse, { table, all: options.all }),
  );
  console.log(options.json === true ? JSON.stringify(drift, null, 2) : formatDrift(drift));
  if (drift.stopped.length > 0) process.exitCode = 1;
}

async function showStatus({ json }: { json?: boolean }): Promise<void> {
  const found = await readStatus(await serviceUrl(commandContext()));
  console.log(json === true ? JSON.stringify(found, null, 2) : formatStatus(found));
}

async function resnapshot(table: string, { where, timeout }: { where?: string; timeout: number }): Promise<void> {
  await withDatabase(commandContext(), async (pool) => {
    const id = await requestResnapshot(pool, table, where ?? null);
    console.log(`${table} will be read again (request ${id})`);
    if (timeout === 0) return;
    const { outcome, rows } = await resnapshotFinished(pool, id, timeout * 1000);
    if (outcome !== 'completed' && outcome !== 'empty') {
      throw new EbbError('RESNAPSHOT_FAILED', `${table} was not read again: ${outcome ?? 'unknown'}`);
    }
    console.log(`read ${rows ?? '0'} rows`);
  });
}

async function pause(isPaused: boolean): Promise<void> {
  const word = isPaused ? 'paused' : 'running';
  const hasChanged = await withDatabase(commandContext(), (pool) => setPaused(pool, isPaused));
  console.log(hasChanged ? `the connector will be ${word} within seconds` : `it is to be ${word} already`);
}

async function newEpoch(): Promise<void> {
  const ended = await withDatabase(commandContext(), retireEpoch);
  console.log(
    ended === null
      ? 'no epoch is under way; the next begins by itself'
      : `epoch ${ended} ended; the next begins within seconds`,
  );
}

/** EBB_CDC_CONNECTOR_URL, else that of the running stack. */
async function serviceUrl({ env, home }: CommandContext): Promise<string> {
  if (isGiven(env)) return loadConfig(options, env).serviceUrl;
  const { url, state } = (await reportStack(home))['cdc-connector'];
  if (url === undefined || state === 'stopped') {
    throw new EbbError('NOT_RUNNING', `the stack does not run: start it with ebb up, or set ${SERVICE_URL}`);
  }
  return url;
}

function isGiven(env: Environment): boolean {
  return Boolean(env[SERVICE_URL]);
}
