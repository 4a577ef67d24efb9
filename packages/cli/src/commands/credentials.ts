import type { Environment } from '@ebb/config';
import type { Command } from 'commander';
import { composeCredentials, localCredentials } from '../compose/credentials.ts';
import { Docker } from '../compose/docker.ts';
import { commandContext } from '../context.ts';
import { reportStack } from '../stack/report.ts';

export function registerCredentials(program: Command): void {
  program
    .command('credentials')
    .description('pages and logins of what runs, in containers and on this machine; for the terminal, not for a log')
    .action(async () => {
      const { env, home } = commandContext();
      const containers = await inContainers(env);
      const local = localCredentials(await reportStack(home));
      if (containers !== '') console.log(`In containers:\n${containers}`);
      if (local !== '') console.log(`On this machine (${home.root}):\n${local}`);
      if (containers === '' && local === '') console.log('Nothing runs: make up, or make compose.');
    });
}

/** Empty where no engine answers or nothing of the project runs. */
async function inContainers(env: Environment): Promise<string> {
  const docker = new Docker(env);
  const running = new Set(await docker.running().catch(() => []));
  if (running.size === 0) return '';
  return composeCredentials(await docker.compose(['run', '--rm', '--no-deps', '--no-TTY', 'logins']), running);
}
