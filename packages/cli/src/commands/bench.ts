import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { EbbError, isEbbError } from '@ebb/core';
import type { Command } from 'commander';
import { machine } from '../bench/machine.ts';
import { runScript } from '../bench/run-script.ts';
import { withPrivateStack } from '../private-stack.ts';
import { REPOSITORY } from '../stack/home.ts';

interface Benchmark {
  script: string;
  args?: readonly string[];
  /** It brings up its stack itself; the others get the servers of a fresh one. */
  hasOwnStack?: boolean;
}

const DRAIN = 'services/stream-aggregator/bench/drain.bench.ts';

/**
 * Each prints its own figures, ratios to a baseline of the same run included, and ends with status 1 where one is missed.
 * They run one after the other.
 */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
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
  parquet: { script: 'services/segmentation-worker/bench/parquet-writers.bench.ts', hasOwnStack: true },
  latency: { script: 'packages/cli/src/bench/latency-main.ts', hasOwnStack: true },
  dashboard: { script: 'packages/cli/bench/dashboard/dashboard.bench.ts', hasOwnStack: true },
  collector: { script: 'services/collector/bench/collector.bench.ts' },
  simulator: { script: 'services/simulator/src/rate.bench.ts' },
  accept: { script: 'packages/contracts/src/accept.bench.ts', hasOwnStack: true },
  kmeans: { script: 'packages/kmeans/bench/kmeans.bench.ts', hasOwnStack: true },
  churn: { script: 'packages/customer-models/bench/churn-anchor.bench.ts', hasOwnStack: true },
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
  const failed: string[] = [];
  for (const [name, benchmark] of benchmarks) {
    console.log(`\n## ${name}\n`);
    try {
      await run(benchmark);
    } catch (error) {
      if (!isEbbError(error, 'BENCHMARK_FAILED')) throw error;
      console.error(`ebb: ${error.message}`);
      failed.push(name);
    }
  }
  if (failed.length > 0) {
    throw new EbbError('BENCHMARK_FAILED', `${failed.join(', ')}: failed, or a figure was missed (see above)`);
  }
}

function find(name: string): Benchmark {
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (benchmark !== undefined) return benchmark;
  throw new EbbError('UNKNOWN_BENCHMARK', `no benchmark "${name}"; one of ${Object.keys(BENCHMARKS).join(', ')}`);
}

async function run({ script, args = [], hasOwnStack }: Benchmark): Promise<void> {
  const file = join(REPOSITORY, script);
  if (hasOwnStack === true) return runScript(file, args, hostEnvironment());
  return withPrivateStack('bench', async (stack) => {
    const { postgres, kafka } = await stack.status();
    const servers = { EBB_POSTGRES_URL: postgres.url, EBB_KAFKA_BROKERS: kafka.brokers };
    await runScript(file, args, { ...hostEnvironment(), ...servers });
  });
}
