import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { currentPublication } from '@ebb/clickhouse';
import type { Lineage } from '@ebb/contracts';
import { EbbError } from '@ebb/core';
import { runDbt } from '@ebb/local-stack';
import type { Command } from 'commander';
import { withWarehouse } from '../connections.ts';
import { type CommandContext, commandContext } from '../context.ts';
import { lineageOfManifest } from '../lineage/lineage.ts';
import { readManifest } from '../lineage/manifest.ts';

/** Reading the project needs no server. */
const NO_SERVER = 'http://127.0.0.1:8123';

export function registerLineage(program: Command): void {
  program
    .command('lineage')
    .description('what comes from what: senders, topics, files, services, tables, models, dashboards; needs no stack')
    .option('--json', 'nodes and edges, for scripts')
    .action(async ({ json }: { json?: boolean }) => {
      const lineage = await readLineage(commandContext());
      console.log(json === true ? JSON.stringify(lineage, null, 2) : format(lineage));
    });
  program
    .command('docs')
    .description("dbt's documentation of the models as one HTML file")
    .argument('[file]', 'where to write it; default: dbt-docs.html in the home of the stack')
    .action(async (file: string | undefined) => {
      console.log(await writeDocs(commandContext(), file));
    });
}

async function readLineage({ home }: CommandContext): Promise<Lineage> {
  const workDirectory = join(home.root, 'dbt');
  await dbt([['--quiet', 'parse']], NO_SERVER, workDirectory);
  return lineageOfManifest(await readManifest(join(workDirectory, 'target', 'manifest.json')));
}

async function writeDocs(context: CommandContext, file: string | undefined): Promise<string> {
  const workDirectory = join(context.home.root, 'dbt');
  const to = file ?? join(context.home.root, 'dbt-docs.html');
  await mkdir(join(to, '..'), { recursive: true });
  await withWarehouse(context, async (clickhouse, url) => {
    const current = await currentPublication(clickhouse);
    // With it the marts' columns and sizes are those of what is published.
    const variables = current === null ? [] : ['--vars', JSON.stringify({ build_id: current.id })];
    await dbt([['--quiet', 'docs', 'generate', '--static', ...variables]], url, workDirectory);
  });
  await cp(join(workDirectory, 'target', 'static_index.html'), to);
  return to;
}

async function dbt(
  commands: readonly (readonly string[])[],
  clickhouseUrl: string,
  workDirectory: string,
): Promise<void> {
  const { code, output } = await runDbt({ commands, clickhouseUrl, workDirectory });
  if (code !== 0) throw new EbbError('DBT_FAILED', `dbt ended with ${code}: ${output.trim()}`);
}

function format({ nodes, edges }: Lineage): string {
  const name = new Map(nodes.map((node) => [node.id, node.name]));
  return nodes
    .map((node) => {
      const from = edges.filter(({ to }) => to === node.id).map((edge) => name.get(edge.from) ?? edge.from);
      return `${node.type.padEnd(15)} ${node.name}${from.length === 0 ? '' : `  <- ${from.join(', ')}`}`;
    })
    .join('\n');
}
