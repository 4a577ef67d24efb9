import { parseArgs } from 'node:util';
import type { MainContext, Service } from '@ebb/runtime';
import { DATASETS } from '../datasets/catalogue.ts';
import { loadLoaderConfig } from '../config.ts';
import { createLoader, type LoaderParts } from '../create-loader.ts';
import { LoaderError } from '../errors.ts';
import { loadResult, loadSources } from '../jobs.ts';
import { FolderSource } from '../source/folder-source.ts';
import { formatFiles, formatReport } from './report.ts';
import { readFiles } from './read-files.ts';

interface Invocation {
  parts: LoaderParts;
  args: readonly string[];
  signal: AbortSignal;
}
type Run = (invocation: Invocation) => Promise<void>;

const JSON_FLAG = { json: { type: 'boolean', default: false } } as const;

const load: Run = async ({ parts, args, signal }) => {
  const options = {
    ...JSON_FLAG,
    prefix: { type: 'string', default: '' },
    refused: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const sources = positionals.length === 0 ? parts.sources : positionals.map((path) => new FolderSource(path));
  const report = await loadSources(parts.loader, sources, {
    prefix: values.prefix,
    isRetrying: values.refused,
    signal,
  });
  write(values.json ? JSON.stringify({ ...loadResult(report), ...report }) : formatReport(report));
  const open = report.quarantined.length + report.failed.length + report.waiting.length;
  if (open > 0) throw new LoaderError('FILES_OPEN', `${open} files were not loaded`);
};

const show: Run = async ({ parts, args }) => {
  const { values } = parseArgs({ args: [...args], options: JSON_FLAG });
  const files = await readFiles(parts);
  write(values.json ? JSON.stringify(files) : formatFiles(files));
};

const withdraw: Run = async ({ parts, args }) => {
  const options = {
    dataset: { type: 'string', default: DATASETS[0]?.name ?? '' },
    reason: { type: 'string', default: 'withdrawn by hand' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [name] = positionals;
  if (name === undefined) throw new LoaderError('UNKNOWN_FILE', 'say which: ebb load withdraw NAME');
  await parts.loader.withdraw(values.dataset, name, values.reason);
  write(`${name} is withdrawn: its rows are gone until its content changes`);
};

const COMMANDS: Readonly<Record<string, Run>> = { load, show, withdraw };

const USAGE = [
  'ebb load [FOLDER…] [--prefix P] [--refused] [--json]  load what is new: in the object store, or in folders',
  'ebb load show [--json]                     what was loaded, what was refused and why',
  'ebb load withdraw NAME [--dataset D] [--reason TEXT]  take the rows of a file out again',
].join('\n');

/** One command, then the end. */
export function buildCommand({ logger, releasers, env, args }: MainContext): Service {
  const [name = '', ...rest] = args;
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const stopping = new AbortController();
  return {
    run: async () => {
      if (run === undefined) write(USAGE);
      else
        await run({
          parts: createLoader(loadLoaderConfig(env), { logger, releasers }),
          args: rest,
          signal: stopping.signal,
        });
    },
    stop: () => {
      stopping.abort();
      return Promise.resolve();
    },
  };
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
