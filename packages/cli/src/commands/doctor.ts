import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorMessage } from '@ebb/core';
import { cacheDirectory, engineLibrary, findJava, findMaven, installHint, postgresBinaries } from '@ebb/local-stack';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { REPOSITORY, type StackHome } from '../stack/home.ts';

const run = promisify(execFile);
/** A gigabyte of modules, the half of it ClickHouse's engine; the rest is for data. */
const NEEDED_DISK_GB = 6;

export interface Check {
  name: string;
  /** Missing optional tools are shown and do not fail the check. */
  isRequired: boolean;
  /** What was found; throws what is missing and how to get it. */
  look: () => Promise<string>;
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine lacks, and how to get it')
    .action(async () => {
      const problems = await diagnose(checks(commandContext().home), console.log);
      console.log(problems === 0 ? 'Everything needed is there.' : `${problems} missing: see above.`);
      if (problems > 0) process.exitCode = 1;
    });
}

/** Prints a line per check; returns how many required ones fail. */
export async function diagnose(list: readonly Check[], print: (line: string) => void): Promise<number> {
  let problems = 0;
  for (const check of list) {
    const [mark, text] = await check.look().then(
      (found) => ['ok     ', found],
      (error: unknown) => [check.isRequired ? 'MISSING' : 'absent ', errorMessage(error)],
    );
    if (mark === 'MISSING') problems += 1;
    print(`${mark ?? ''} ${check.name.padEnd(12)} ${text ?? ''}`);
  }
  return problems;
}

function checks(home: StackHome): Check[] {
  return [
    { name: 'Node', isRequired: true, look: () => Promise.resolve(`${process.version} (this project's own)`) },
    { name: 'PostgreSQL', isRequired: true, look: async () => Promise.resolve(postgresBinaries().postgres) },
    { name: 'ClickHouse', isRequired: true, look: async () => Promise.resolve(engineLibrary()) },
    { name: 'Java', isRequired: true, look: async () => `${(await findJava()).major}` },
    { name: 'Maven', isRequired: true, look: async () => (await findMaven()).version },
    { name: 'Python', isRequired: false, look: findPython },
    { name: 'Disk', isRequired: true, look: () => diskSpace(home) },
    { name: 'Cache', isRequired: false, look: () => Promise.resolve(cacheDirectory()) },
    { name: 'Checkout', isRequired: false, look: () => Promise.resolve(REPOSITORY) },
  ];
}

async function findPython(): Promise<string> {
  for (const command of ['python3.11', 'python3']) {
    const version = await run(command, ['--version']).then(
      ({ stdout }) => stdout.trim().replace('Python ', ''),
      () => null,
    );
    if (version?.startsWith('3.11.')) return version;
  }
  throw new Error(`3.11 is needed later, for dbt, Airflow and Superset; ${installHint('python')}`);
}

async function diskSpace(home: StackHome): Promise<string> {
  const { bavail, bsize } = await statfs(home.root);
  const free = (bavail * bsize) / 1024 ** 3;
  const text = `${free.toFixed(0)} GB free in ${home.root}`;
  if (free < NEEDED_DISK_GB)
    throw new Error(`${text}; at least ${NEEDED_DISK_GB} GB are needed: make room or set EBB_HOME`);
  return text;
}
