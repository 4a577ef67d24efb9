import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import {
  cacheDirectory,
  dbtPython,
  engineLibrary,
  findJava,
  findMaven,
  installHint,
  postgresBinaries,
} from '@ebb/local-stack';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { REPOSITORY, type StackHome } from '../stack/home.ts';

const run = promisify(execFile);
/** A gigabyte of modules, the half of it ClickHouse's engine; the rest is for data. */
const NEEDED_DISK_GB = 6;
const PYTHONS = [
  ...['3.11', '3.12', '3.13'].map((version) => `/usr/bin/python${version}`),
  '/usr/bin/python3',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3',
  'python',
];

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
    { name: 'Python', isRequired: true, look: findPython },
    { name: 'dbt', isRequired: false, look: findDbt },
    { name: 'Disk', isRequired: true, look: () => diskSpace(home) },
    { name: 'Cache', isRequired: false, look: () => Promise.resolve(cacheDirectory()) },
    { name: 'Checkout', isRequired: false, look: () => Promise.resolve(REPOSITORY) },
  ];
}

/** As dbt/make-venv.sh looks for one. */
async function findPython(): Promise<string> {
  const commands = [hostEnvironment()['EBB_PYTHON'] ?? '', ...PYTHONS].filter((command) => command !== '');
  for (const command of commands) {
    const version = await run(command, ['-c', 'import sys, venv, ensurepip; print(sys.version.split()[0])']).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
    if (/^3\.1[123]\./.test(version)) return `${version} (${command})`;
  }
  throw new Error(
    `3.11, 3.12 or 3.13 with its venv module is needed for dbt; ${installHint('python')}, or name one in EBB_PYTHON`,
  );
}

async function findDbt(): Promise<string> {
  const { stdout } = await run(dbtPython(), ['-c', 'from dbt.version import __version__; print(__version__)']);
  return stdout.trim();
}

async function diskSpace(home: StackHome): Promise<string> {
  const { bavail, bsize } = await statfs(home.root);
  const free = (bavail * bsize) / 1024 ** 3;
  const text = `${free.toFixed(0)} GB free in ${home.root}`;
  if (free < NEEDED_DISK_GB)
    throw new Error(`${text}; at least ${NEEDED_DISK_GB} GB are needed: make room or set EBB_HOME`);
  return text;
}
