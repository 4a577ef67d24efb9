import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { EbbError } from '@ebb/core';
import type { Command } from 'commander';
import { REPOSITORY } from '../stack/home.ts';

/** Each prints its own figures, ratios included; they run one after the other, with nothing else beside them. */
const BENCHMARKS: Readonly<Record<string, string>> = {
  drain: 'services/stream-aggregator/bench/drain.ts',
  latency: 'packages/cli/src/bench/latency-main.ts',
  collector: 'services/collector/bench/collector.ts',
  simulator: 'services/simulator/bench/simulator.ts',
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
  const unknown = chosen.find((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown !== undefined) {
    throw new EbbError('UNKNOWN_BENCHMARK', `no benchmark "${unknown}"; one of ${Object.keys(BENCHMARKS).join(', ')}`);
  }
  console.log(`Machine: ${machine()}`);
  for (const name of chosen) {
    console.log(`\n## ${name}\n`);
    const child = spawn(process.execPath, [join(REPOSITORY, BENCHMARKS[name] ?? '')], { stdio: 'inherit' });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new EbbError('BENCHMARK_FAILED', `benchmark "${name}" ended with ${code}`);
  }
}

function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return `${cores.length} × ${cores[0]?.model.trim()}, ${memoryGb} GB, ${process.platform}, Node ${process.version}`;
}
