/**
 * How long K-Means takes with both engines and, where a Python has it, with scikit-learn on one thread:
 *   node packages/kmeans/bench/kmeans.bench.ts [--rounds 3] [--python PATH] [--rows 100000] [--many 1000000]
 * `sweep`: k 2 to 12 on 100,000 × 3, ten starts each. `many`: 1,000,000 × 3, k chosen on a sample of 50,000 with its
 * silhouettes, then the fit of all. Every measurement is a process of its own, engines take turns, medians are printed.
 * Status 1 where a figure of our engine is missed: half of scikit-learn's speed (1.0 is the wish), an inertia within
 * 0.1 % of its, 90 s and 1,024 MB for the many.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { errorMessage, must } from '@ebb/core';
import { fitKMeans, type KMeansEngine, sweepK } from '../src/index.ts';
import { benchCustomers } from './customers.ts';

const ENGINES: readonly KMeansEngine[] = ['ebb', 'ml-kmeans'];
const KS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const STARTS = 10;
const LEAST_SPEED = 0.5;
const MOST_EXCESS = 0.001;
const MOST_SECONDS = 90;
const MOST_MEGABYTES = 1_024;
const run = promisify(execFile);

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string', default: '100000' },
    many: { type: 'string', default: '1000000' },
    python: { type: 'string', default: join(import.meta.dirname, '../../../.venv/anchor/bin/python') },
    // What a process of its own measures.
    case: { type: 'string' },
    engine: { type: 'string' },
  },
});

interface Measured {
  seconds: number;
  /** Processor time, garbage collection included: what neighbours on the machine do not change. */
  cpuSeconds: number;
  inertias: number[];
  /** Highest memory of the process, table included. */
  megabytes?: number;
}

function sweep(engine: KMeansEngine): Pick<Measured, 'inertias'> {
  // Two silhouettes: fits are what is compared.
  const { table } = sweepK(matrix, {
    ks: KS,
    seed: 42,
    nInit: STARTS,
    engine,
    fitRows: matrix.rows,
    silhouetteRows: 2,
    silhouetteSample: 2,
  });
  return { inertias: table.map(({ inertia }) => inertia) };
}

function many(engine: KMeansEngine): Pick<Measured, 'inertias'> {
  const { best } = sweepK(matrix, { ks: KS, seed: 42, nInit: STARTS, engine });
  return { inertias: [best, fitKMeans(matrix, { k: best, seed: 42, nInit: STARTS, engine }).inertia] };
}

const matrix = benchCustomers(Number(options.case === 'many' ? options.many : options.rows));

if (options.case === undefined) await compare();
else {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const result = (options.case === 'many' ? many : sweep)(options.engine as KMeansEngine);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(startedCpu);
  const cpuSeconds = (user + system) / 1e6;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
  console.log(JSON.stringify({ ...result, seconds, cpuSeconds, megabytes }));
}

async function measure(name: string, engine: KMeansEngine): Promise<Measured> {
  const args = [
    import.meta.filename,
    '--case',
    name,
    '--engine',
    engine,
    '--rows',
    options.rows,
    '--many',
    options.many,
  ];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as Measured;
}

/** null where there is no Python with scikit-learn. */
async function measureScikitLearn(file: string): Promise<Measured | null> {
  const args = [join(import.meta.dirname, 'scikit_learn.py'), file, '3', `${STARTS}`, ...KS.map(String)];
  try {
    return JSON.parse((await run(options.python, args)).stdout) as Measured;
  } catch (error) {
    console.log(
      `scikit-learn was left out (make anchor-venv, or --python PATH): ${errorMessage(error).trim().split('\n').at(-1)}`,
    );
    return null;
  }
}

function median(values: readonly number[]): number {
  return must(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)], 'one round at least');
}

async function compare(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-kmeans-bench-'));
  try {
    const file = join(directory, 'rows.f64');
    await writeFile(file, matrix.data);
    let hasScikitLearn = true;
    const sweeps = new Map<string, Measured[]>();
    const add = (name: string, measured: Measured) => sweeps.set(name, [...(sweeps.get(name) ?? []), measured]);
    for (let round = 0; round < Number(options.rounds); round += 1) {
      for (const engine of ENGINES) add(engine, await measure('sweep', engine));
      const measured: Measured | null = hasScikitLearn ? await measureScikitLearn(file) : null;
      hasScikitLearn = measured !== null;
      if (measured !== null) add('scikit-learn', measured);
    }
    report(sweeps);
    for (const engine of ENGINES) {
      const { seconds, cpuSeconds, megabytes, inertias } = await measure('many', engine);
      console.log(
        `${options.many} x 3, ${engine}: ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time), ${megabytes} MB at most, k = ${inertias[0]}, ` +
          `inertia ${inertias[1]?.toFixed(2)}; wanted: ${MOST_SECONDS} s, ${MOST_MEGABYTES} MB`,
      );
      if (engine === 'ebb' && (seconds > MOST_SECONDS || (megabytes ?? 0) > MOST_MEGABYTES)) process.exitCode = 1;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function report(sweeps: ReadonlyMap<string, readonly Measured[]>): void {
  const seconds = new Map([...sweeps].map(([name, all]) => [name, median(all.map((one) => one.cpuSeconds))]));
  const ours = must(sweeps.get('ebb')?.[0], 'our engine was measured').inertias;
  for (const [name, time] of seconds) {
    // The k where ours is worst against it.
    const excess = Math.max(...ours.map((inertia, at) => inertia / (sweeps.get(name)?.[0]?.inertias[at] ?? 0) - 1));
    const ratio = time / (seconds.get('ebb') ?? 1);
    if (name === 'scikit-learn' && (ratio < LEAST_SPEED || excess > MOST_EXCESS)) process.exitCode = 1;
    console.log(
      `sweep of ${options.rows} x 3, ${name}: ${time.toFixed(2)} s of processor time, ${ratio.toFixed(2)} x ours; ` +
        `our inertia is higher by ${(100 * excess).toFixed(3)} % at most`,
    );
  }
  console.log(JSON.stringify({ bench: 'kmeans', cpuSeconds: Object.fromEntries(seconds) }));
}
