import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Environment, hostEnvironment } from '@ebb/config';
import { EbbError } from '@ebb/core';
import type { Command } from 'commander';
import { machine } from '../bench/machine.ts';
import { withPrivateStack } from '../private-stack.ts';
import { REPOSITORY } from '../stack/home.ts';

interface Benchmark {
  script: string;
  args?: readonly string[];
  /** It brings up its stack itself; the others get the servers of a fresh one. */
  hasOwnStack?: boolean;
}

const DRAIN = 'services/stream-aggregator/bench/drain.bench.ts';

/** Each prints its own figures, ratios to a baseline of the same run included. They run one after the other. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  drain: { script: DRAIN },
  'drain-time-ordered-ids': { script: DRAIN, args: ['--ids', 'time-ordered', '--modes', 'full'] },
  'drain-10m-stored': { script: DRAIN, args: ['--prefill', '10000000', '--modes', 'full'] },
  'drain-10m-stored-time-ordered-ids': {
    script: DRAIN,
    args: ['--prefill', '10000000', '--ids', 'time-ordered', '--modes', 'full'],
  },
  sink: { script: 'services/cdc-sink/bench/sink.bench.ts', hasOwnStack: true },
  'cdc-drain': { script: 'packages/cli/src/bench/cdc-drain-main.ts', hasOwnStack: true },
  'cdc-latency': { script: 'packages/cli/src/bench/cdc-latency-main.ts', hasOwnStack: true },
  batch: { script: 'packages/cli/src/bench/batch-main.ts', hasOwnStack: true },
  load: { script: 'services/batch-loader/bench/load.bench.ts', hasOwnStack: true },
  features: { script: 'services/segmentation-worker/bench/features.bench.ts', hasOwnStack: true },
  latency: { script: 'packages/cli/src/bench/latency-main.ts', hasOwnStack: true },
  collector: { script: 'services/collector/bench/collector.bench.ts' },
  simulator: { script: 'services/simulator/src/rate.bench.ts' },
  accept: { script: 'packages/contracts/src/accept.bench.ts', hasOwnStack: true },
  kmeans: { script: 'packages/kmeans/bench/kmeans.bench.ts', hasOwnStack: true },
};

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure, on stacks of its own; close everything else first')
    .argument('[names...]', `some of ${Object.keys(BENCHMARKS).join(', ')}; all if none is named`)
    .action(bench);
}

async function bench(names: string[]): Promise<void> {
  const chosen = names.length > 0 ? names : Object.keys(BENCHMARKS);
  const benchmarks = chosen.map((name) => [name, find(name)] as const);
  console.log(`Machine: ${machine()}`);
  for (const [name, benchmark] of benchmarks) {
    console.log(`\n## ${name}\n`);
    if (benchmark.hasOwnStack === true) await runScript(benchmark, {});
    else await runOnFreshStack(benchmark);
  }
}

function find(name: string): Benchmark {
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (benchmark !== undefined) return benchmark;
  throw new EbbError('UNKNOWN_BENCHMARK', `no benchmark "${name}"; one of ${Object.keys(BENCHMARKS).join(', ')}`);
}

async function runOnFreshStack(benchmark: Benchmark): Promise<void> {
  await withPrivateStack('bench', async (stack) => {
    const { postgres, kafka } = await stack.status();
    await runScript(benchmark, { EBB_POSTGRES_URL: postgres.url, EBB_KAFKA_BROKERS: kafka.brokers });
  });
}

async function runScript(benchmark: Benchmark, servers: Environment): Promise<void> {
  const args = [join(REPOSITORY, benchmark.script), ...(benchmark.args ?? [])];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...hostEnvironment(), ...servers } });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new EbbError('BENCHMARK_FAILED', `${benchmark.script} ended with ${code}`);
}
