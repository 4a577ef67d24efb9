import { parseArgs } from 'node:util';
import type { MainContext, Service } from '@ebb/runtime';
import { loadWorkerConfig } from '../config.ts';
import { createWorker, type WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { formatModel, formatModels, formatMonitor } from './format.ts';
import { readMonitor } from './monitor.ts';
import { promoteModel, rollBack } from './promotion.ts';

type Run = (parts: WorkerParts, args: readonly string[]) => Promise<void>;

const JSON_FLAG = { json: { type: 'boolean', default: false } } as const;
const BY = { by: { type: 'string', default: 'ebb models' } } as const;
const DEFAULT_RUNS = '5';

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
  const options = {
    ...BY,
    kind: { type: 'string', default: 'rfm_segments' },
    source: { type: 'string', default: 'retail_files' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const model = await rollBack(parts, values);
  write(`${model.kind} of ${model.source}: model ${model.id} as of ${model.asOf} is champion again`);
};

const monitor: Run = async ({ pool, clock }, args) => {
  const options = { ...JSON_FLAG, runs: { type: 'string', default: DEFAULT_RUNS } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const found = await readMonitor(pool, { runs: Number(values.runs), nowMs: clock.nowMs() });
  write(values.json ? JSON.stringify(found) : formatMonitor(found));
  if (found.troubles.length > 0) {
    throw new WorkerError(
      'NOTHING_TO_SHOW',
      `${found.troubles.length} things need a look: ${found.troubles.join('; ')}`,
    );
  }
};

const COMMANDS: Readonly<Record<string, Run>> = { list, show, promote, rollback, monitor };

const USAGE = [
  'ebb models list [--json]                 every model, and which is champion',
  'ebb models show ID [--json]              what a model was made of, and how good it is',
  'ebb models promote ID                    make it champion and publish its run, also where the gate held it back',
  'ebb models rollback [--kind K --source S]  publish the run of the champion before',
  'ebb models monitor [--runs N] [--json]   figures of the last runs; ends with a status where there are none or they failed',
].join('\n');

/** One command, then the end. */
export function buildCommand({ logger, releasers, env, args }: MainContext): Service {
  const [name = '', ...rest] = args;
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return {
    run: async () => {
      if (run === undefined) write(USAGE);
      else await run(createWorker(loadWorkerConfig(env), { logger, releasers }), rest);
    },
    stop: () => Promise.resolve(),
  };
}

function idIn(positionals: readonly string[], command: string): string {
  const [id] = positionals;
  if (id !== undefined && id !== '') return id;
  throw new WorkerError('UNKNOWN_MODEL', `say which: ebb models ${command} ID`);
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
