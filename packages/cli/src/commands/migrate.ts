import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runningClickhouse, runningKafka, runningObjectStore, runningPostgres } from '../stack/connection.ts';
import { setUp } from '../stack/setup.ts';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the running stack up to date: migrations, logins, topics (ebb up does it too)')
    .action(async () => {
      const { env, home } = commandContext();
      const postgres = await runningPostgres(home);
      const kafka = await runningKafka(home);
      const clickhouse = await runningClickhouse(home);
      const target = {
        home,
        env,
        secrets: postgres.secrets,
        postgresPort: postgres.port,
        kafkaPort: kafka.port,
        clickhousePort: clickhouse.port,
        objectStorePort: Number(new URL(runningObjectStore(home).url).port),
      };
      await setUp(target, console.log);
    });
}
