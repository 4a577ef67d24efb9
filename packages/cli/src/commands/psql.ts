import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { ROLE_NAMES, type RoleName } from '@ebb/postgres';
import { type Command, Option } from 'commander';
import { commandContext } from '../context.ts';
import { runningPostgres } from '../stack/connection.ts';
import { roleUrl } from '../stack/parts.ts';
import { runStatements } from './sql-shell.ts';

export function registerPsql(program: Command): void {
  program
    .command('psql')
    .description("psql on the stack's database (a small shell where psql is not installed)")
    .addOption(new Option('--role <role>', 'log in as a service role instead of the superuser').choices(ROLE_NAMES))
    .allowUnknownOption()
    .passThroughOptions()
    .argument('[arguments...]', 'passed on to psql, e.g. -c "select 1"')
    .action(async (args: string[], options: { role?: RoleName }) => {
      const { env, home } = commandContext();
      const server = await runningPostgres(home);
      const url = options.role === undefined ? server.url : roleUrl(server.secrets, server.port, options.role);
      if (spawnSync('psql', ['--version'], { stdio: 'ignore' }).status !== 0) {
        await runStatements(url, args);
        return;
      }
      const login = new URL(url);
      const password = decodeURIComponent(login.password);
      login.password = '';
      // The password goes by environment: command lines can be read by everybody on the machine.
      const child = spawn('psql', [login.href, ...args], { stdio: 'inherit', env: { ...env, PGPASSWORD: password } });
      // Ctrl-C belongs to psql, where it cancels a statement.
      process.on('SIGINT', () => {});
      const [code] = await once(child, 'exit');
      process.exitCode = typeof code === 'number' ? code : 1;
    });
}
