import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metricFields, metricMarkdown, METRICS, metricSeed, supersetMetrics } from '@ebb/contracts';
import { DBT_PROJECT } from '@ebb/local-stack';
import type { Command } from 'commander';

/** What is made of the metric dictionary and stands in the repository. */
export const METRIC_FILES: Readonly<Record<string, () => string>> = {
  [join(DBT_PROJECT, 'seeds', 'metric_dictionary_seed.csv')]: metricSeed,
  [join(DBT_PROJECT, 'METRICS.md')]: metricMarkdown,
};

interface Flags {
  fields?: boolean;
  superset?: string;
  write?: boolean;
}

export function registerMetrics(program: Command): void {
  program
    .command('metrics')
    .description('the metric dictionary as JSON, and what is made of it; needs no stack')
    .option('--fields', 'as fields of an API (JSON Schema)')
    .option('--superset <mart>', "the metrics of one table in marts, as Superset's dataset files hold them")
    .option('--write', 'write the generated files of the repository anew')
    .action(async (flags: Flags) => {
      if (flags.write === true) await writeFiles();
      else console.log(JSON.stringify(chosen(flags), null, 2));
    });
}

function chosen(flags: Flags): unknown {
  if (flags.superset !== undefined) return supersetMetrics(flags.superset);
  return flags.fields === true ? metricFields() : METRICS;
}

async function writeFiles(): Promise<void> {
  for (const [path, content] of Object.entries(METRIC_FILES)) {
    await writeFile(path, content());
    console.log(path);
  }
}
