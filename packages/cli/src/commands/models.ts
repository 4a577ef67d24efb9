import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runServiceTool } from '../service-tool.ts';

interface RunFlags {
  source?: string;
  asOf?: string;
  params?: string;
  unlessPublished?: true;
  json?: true;
}

export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description('models of customers: which there are, which counts, how they do');
  models
    .command('run')
    .description('train, compare and publish, through the job queue; waits for the end')
    .argument('<kind>', 'rfm_segments, clv, model_check, …; an unknown one names them all')
    .option('--source <name>', 'whose customers: retail_files, retail, shop (default: retail_files)')
    .option('--as-of <day>', 'the day the published marts must be a picture of')
    .option('--params <json>', "further params of the kind, as the worker's README lists them")
    .option('--unless-published', 'do nothing where a run of this kind and source is published')
    .option('--json', "print the job's result alone, as JSON")
    .action((kind: string, flags: RunFlags) =>
      runModels([
        'run',
        kind,
        ...option('source', flags.source),
        ...option('as-of', flags.asOf),
        ...option('params', flags.params),
        ...(flags.unlessPublished === true ? ['--unless-published'] : []),
        ...json(flags),
      ]),
    );
  models
    .command('list')
    .description('every model, and which is champion')
    .option('--json', 'print JSON')
    .action((flags: { json?: true }) => runModels(['list', ...json(flags)]));
  models
    .command('show')
    .description('what a model was made of, and how good it is')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--json', 'print JSON')
    .action((id: string, flags: { json?: true }) => runModels(['show', id, ...json(flags)]));
  models
    .command('promote')
    .description('make a model champion and publish its run, also where the gate held it back')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--by <name>', 'kept in the registry')
    .action((id: string, flags: { by?: string }) => runModels(['promote', id, ...option('by', flags.by)]));
  models
    .command('rollback')
    .description('publish the run of the champion before; once more goes back one more')
    .option('--kind <kind>', 'default: rfm_segments')
    .option('--source <name>', 'default: retail_files')
    .option('--by <name>', 'kept in the registry')
    .action((flags: { kind?: string; source?: string; by?: string }) =>
      runModels([
        'rollback',
        ...option('kind', flags.kind),
        ...option('source', flags.source),
        ...option('by', flags.by),
      ]),
    );
  models
    .command('monitor')
    .description('figures of the last runs; ends with a status other than 0 where there are none or something is wrong')
    .option('--runs <n>', 'of each kind and source (default: 5)')
    .option('--json', 'print JSON')
    .action((flags: { runs?: string; json?: true }) =>
      runModels(['monitor', ...option('runs', flags.runs), ...json(flags)]),
    );
}

function json(flags: { json?: true }): string[] {
  return flags.json === undefined ? [] : ['--json'];
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}`, value];
}

async function runModels(args: readonly string[]): Promise<void> {
  await runServiceTool(commandContext(), {
    folder: 'segmentation-worker',
    role: 'ebb_segmentation',
    args,
    usesClickhouse: true,
    usesObjectStore: true,
    env: { EBB_LOG_LEVEL: 'warn' },
  });
}
