import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { sleep } from '@ebb/core';
import { logTail } from '@ebb/local-stack';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { commandContext } from '../context.ts';
import { StackError } from '../stack/errors.ts';
import { logFileOf, type StackHome } from '../stack/home.ts';

const TAIL_BYTES = 256 * 1024;
const POLL_MS = 250;

export function registerLogs(program: Command): void {
  program
    .command('logs')
    .description('the last lines of one log or of all')
    .argument('[part]', 'a part, or "supervisor"')
    .option('-n, --lines <count>', 'lines of each', parseCount, 40)
    .option('-f, --follow', 'go on printing what is added, until Ctrl-C')
    .action(async (part: string | undefined, options: { lines: number; follow?: boolean }) => {
      const { home } = commandContext();
      const names = part === undefined ? logNames(home) : [knownLog(home, part)];
      const prefix = (name: string): string => (names.length > 1 ? `${name} | ` : '');
      for (const name of names) printLines(lastLines(logFileOf(home, name), options.lines), prefix(name));
      if (options.follow === true) await Promise.all(names.map((name) => follow(logFileOf(home, name), prefix(name))));
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new InvalidArgumentError('a number of lines is expected');
  return count;
}

function logNames(home: StackHome): string[] {
  return readdirSync(home.logs).flatMap((name) => (name.endsWith('.log') ? [name.slice(0, -4)] : []));
}

function knownLog(home: StackHome, part: string): string {
  const names = logNames(home);
  if (names.includes(part)) return part;
  throw new StackError('UNKNOWN_PART', `no log of "${part}"; there are: ${names.join(', ') || 'none yet'}`);
}

function lastLines(file: string, count: number): string[] {
  const lines = logTail(file, TAIL_BYTES).split('\n');
  return count === 0 || lines[0] === '' ? [] : lines.slice(-count);
}

function printLines(lines: readonly string[], prefix: string): void {
  for (const line of lines) console.log(prefix + line);
}

/** Polls the size, since a log is emptied in place when it is rotated. Ends with the process. */
async function follow(file: string, prefix: string): Promise<never> {
  let position = existsSync(file) ? statSync(file).size : 0;
  let rest = '';
  for (;;) {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size < position) position = 0;
    if (size > position) {
      const lines = (rest + (await readRange(file, position, size))).split('\n');
      rest = lines.pop() ?? '';
      printLines(lines, prefix);
      position = size;
    }
    await sleep(POLL_MS);
  }
}

async function readRange(file: string, from: number, to: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { start: from, end: to - 1 })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
