import { join, resolve } from 'node:path';
import { errorMessage } from '@ebb/core';
import { type FileOutcome, uploadDays, type UploadDaysResult } from '@ebb/object-store';
import type { Command } from 'commander';
import { openObjectStore } from '../connections.ts';
import { commandContext } from '../context.ts';
import { uploadLog } from '../upload/upload-log.ts';

interface UploadFlags {
  until?: string;
  log?: string;
  prefix?: string;
  json?: true;
}

/** The store holds what is there, and there is nothing for the day that was asked for. */
const EXIT_NO_FILE = 3;

export function registerUpload(program: Command): void {
  program
    .command('upload')
    .description("send each day's file to the object store; days missed before are caught up")
    .argument('<folder>', 'holds files such as 2025-06-26_transactions.csv')
    .option('--until <day>', 'last day to send; exit code 3 when it has no file')
    .option('--prefix <key>', 'beginning of the keys (default: daily_sales, key daily_sales/<day>/<file>)')
    .option('--log <file>', 'where to write what was done, one JSON object per line (default: logs/upload.log)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit codes: 0 all is in the store, 1 something failed, 3 no file (of the day asked for).')
    .action(upload);
}

async function upload(folder: string, flags: UploadFlags): Promise<void> {
  const context = commandContext();
  const path = resolve(flags.log ?? join(context.home.logs, 'upload.log'));
  const log = uploadLog(path);
  log({ event: 'started', folder: resolve(folder), until: flags.until ?? null });
  try {
    const result = await uploadDays({
      directory: resolve(folder),
      store: openObjectStore(context),
      ...(flags.until === undefined ? {} : { until: flags.until }),
      ...(flags.prefix === undefined ? {} : { prefix: flags.prefix }),
      onFile: (outcome) => {
        log({ event: 'file', ...outcome });
        if (!flags.json) announce(outcome);
      },
    });
    process.exitCode = exitCodeOf(result);
    log({ event: 'finished', ...result, exitCode: process.exitCode });
    console.log(flags.json ? JSON.stringify({ ...result, log: path }) : describe(result, flags.until, path));
  } catch (error) {
    log({ event: 'failed', problem: errorMessage(error), exitCode: 1 });
    throw error;
  }
}

export function exitCodeOf({ days, failed, hasUntil }: UploadDaysResult): number {
  if (failed > 0) return 1;
  return days === 0 || !hasUntil ? EXIT_NO_FILE : 0;
}

function announce({ state, key, problem }: FileOutcome): void {
  if (state === 'failed') console.error(`failed ${key}: ${problem ?? ''}`);
  else if (state !== 'unchanged') console.log(`${state} ${key}`);
}

function describe(result: UploadDaysResult, until: string | undefined, path: string): string {
  const { days, uploaded, replaced, unchanged, failed } = result;
  const counts = `${uploaded} uploaded, ${replaced} replaced, ${unchanged} there already, ${failed} failed`;
  const missing = days === 0 ? '; no daily file in the folder' : `; no file for ${until ?? ''}`;
  return `${days} days: ${counts}${days > 0 && result.hasUntil ? '' : missing} (log: ${path})`;
}
