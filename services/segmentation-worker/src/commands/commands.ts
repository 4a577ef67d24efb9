import { parseArgs } from 'node:util';
import type { MainContext, Service } from '@ebb/runtime';
import { loadWorkerConfig } from '../config.ts';
import { createWorker, type WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { publishedRun } from '../publish/publication.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { formatModel, formatModels, formatMonitor, formatResult } from './format.ts';
import { readMonitor } from './monitor.ts';
import { promoteModel, rollBack } from './promotion.ts';
import { runJob } from './run-job.ts';

type Run = (parts: WorkerParts, args: readonly string[], signal: AbortSignal) => Promise<void>;

const JSON_FLAG = { json: { type: 'boolean', default: false } } as const;
const BY = { by: { type: 'string', default: 'ebb models' } } as const;
const SOURCE = { source: { type: 'string', default: 'retail_files' } } as const;
const SOURCE_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const DEFAULT_RUNS = '5';
const MAX_RUNS = 1_000;

const run: Run = async ({ pool, clickhouse }, args, signal) => {
  const options = {
    ...SOURCE,
    ...JSON_FLAG,
    'as-of': { type: 'string' },
    params: { type: 'string', default: '{}' },
    'unless-published': { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [kind = ''] = positionals;
  const { source, 'as-of': asOf } = values;
  const seen = values['unless-published'] ? await publishedRun(clickhouse, kind, source) : null;
  if (seen !== null) {
    write(`${kind} of ${source} is published already: model ${seen.modelId} as of ${seen.asOf}`);
    return;
  }
  // A job of a source that cannot be would stand among the failed ones.
  if (!SOURCE_NAME.test(source)) {
    throw new WorkerError('BAD_ARGUMENT', `--source ${source}: names such as retail_files, retail, shop, bank`);
  }
  const params = { ...jsonObject(values.params), source, ...(asOf === undefined ? {} : { as_of: asOf }) };
  // Standard output carries the result alone, for scripts.
  const print = values.json ? (): void => {} : write;
  const result = await runJob(pool, { kind, params }, { signal, print });
  write(values.json ? JSON.stringify(result) : formatResult(kind, source, result));
};

const list: Run = async ({ pool }, args) => {
  const { values } = parseArgs({ args: [...args], options: JSON_FLAG });
  const models = await new ModelsStore(pool).list();
  write(values.json ? JSON.stringify(models) : formatModels(models));
};

const show: Run = async ({ pool }, args) => {
  const { values, positionals } = parseArgs({ args: [...args], options: JSON_FLAG, allowPositionals: true });
  const model = await new ModelsStore(pool).byPrefix(idIn(positionals, 'show'));
  write(values.json ? JSON.stringify(model) : formatModel(model));
};

const promote: Run = async (parts, args) => {
  const { values, positionals } = parseArgs({ args: [...args], options: BY, allowPositionals: true });
  const model = await promoteModel(parts, idIn(positionals, 'promote'), values.by);
  write(
    `${model.kind} of ${model.source}: model ${model.id} as of ${model.asOf} is champion, and its run is published`,
  );
};

const rollback: Run = async (parts, args) => {
  const options = { ...BY, ...SOURCE, kind: { type: 'string', default: 'rfm_segments' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const model = await rollBack(parts, values);
  write(
    `${model.kind} of ${model.source}: model ${model.id} as of ${model.asOf} is champion again, and its run is published`,
  );
};

const monitor: Run = async ({ pool, clock }, args) => {
  const options = { ...JSON_FLAG, runs: { type: 'string', default: DEFAULT_RUNS } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const found = await readMonitor(pool, { runs: runsIn(values.runs), nowMs: clock.nowMs() });
  write(values.json ? JSON.stringify(found) : formatMonitor(found));
  const { length } = found.troubles;
  if (length > 0) {
    throw new WorkerError(
      'NEEDS_A_LOOK',
      `${length} ${length === 1 ? 'thing needs' : 'things need'} a look, as told above`,
    );
  }
};

const COMMANDS: Readonly<Record<string, Run>> = { run, list, show, promote, rollback, monitor };

const USAGE = [
  'ebb models run KIND [--source S] [--as-of DAY]  train, compare and publish, through the job queue; waits for the end',
  'ebb models list [--json]                 every model, and which is champion',
  'ebb models show ID [--json]              what a model was made of, and how good it is',
  'ebb models promote ID                    make it champion and publish its run, also where the gate held it back',
  'ebb models rollback [--kind K --source S]  publish the run of the champion before; again: of the one before that',
  'ebb models monitor [--runs N] [--json]   figures of the last runs; ends with a status where there are none or they failed',
].join('\n');

/** One command, then the end. */
export function buildCommand({ logger, releasers, env, args }: MainContext): Service {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const stopping = new AbortController();
  return {
    run: async () => {
      if (command === undefined) write(USAGE);
      else await command(createWorker(loadWorkerConfig(env), { logger, releasers }), rest, stopping.signal);
    },
    stop: () => {
      stopping.abort();
      return Promise.resolve();
    },
  };
}

function idIn(positionals: readonly string[], command: string): string {
  const [id] = positionals;
  if (id !== undefined && id.trim() !== '') return id.trim().toLowerCase();
  throw new WorkerError('UNKNOWN_MODEL', `say which: ebb models ${command} ID (see ebb models list)`);
}

function runsIn(text: string): number {
  const runs = /^\d+$/.test(text) ? Number(text) : 0;
  if (runs >= 1 && runs <= MAX_RUNS) return runs;
  throw new WorkerError('BAD_ARGUMENT', `--runs ${text}: a whole number from 1 to ${MAX_RUNS}`);
}

function jsonObject(text: string): Record<string, unknown> {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new WorkerError('BAD_ARGUMENT', `--params ${text}: a JSON object, as {"seed": 7}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
