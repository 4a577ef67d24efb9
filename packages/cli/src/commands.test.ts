import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS, registerAsked } from './commands.ts';

const namesIn = (program: Command): string[] => program.commands.map((command) => command.name());

async function namesAfter(asked: string | undefined): Promise<string[]> {
  const program = new Command('ebb').enablePositionalOptions();
  await registerAsked(program, asked);
  return namesIn(program);
}

test.each(COMMANDS)(
  'the file of $names registers these, and is read alone when one is asked for',
  async ({ names }) => {
    for (const name of names) expect(await namesAfter(name)).toEqual(names);
  },
);

test('all are registered when none is asked for, or one that there is not', async () => {
  const all = COMMANDS.flatMap(({ names }) => names);
  expect(new Set(all).size).toBe(all.length);
  for (const asked of [undefined, '--help', 'no-such-command']) expect(await namesAfter(asked)).toEqual(all);
});
