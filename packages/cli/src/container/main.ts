import { type Environment, hostEnvironment } from '@ebb/config';
import { EbbError, errorMessage } from '@ebb/core';
import type { ContainerErrorCode } from './errors.ts';
import type { Step } from './step.ts';

/**
 * The one-shot services of docker-compose.yml. A program of its own beside `ebb`: it must not load the embedded
 * servers, which the image does not carry. Each step loads what it needs and no more, for its container is small.
 */
const STEPS: Readonly<Record<string, () => Promise<Step>>> = {
  secrets: async () => (await import('./secrets-step.ts')).secretsStep,
  migrate: async () => (await import('./database-steps.ts')).migrateStep,
  clickhouse: async () => (await import('./clickhouse-step.ts')).clickhouseStep,
  topics: async () => (await import('./topics-step.ts')).topicsStep,
  'write-key': async () => (await import('./database-steps.ts')).writeKeyStep,
  'daily-files': async () => (await import('./daily-files-step.ts')).dailyFilesStep,
  urls: async () => (await import('./urls-step.ts')).urlsStep,
  logins: async () => (await import('./urls-step.ts')).loginsStep,
};

async function run(name: string, env: Environment): Promise<void> {
  const load = STEPS[name];
  if (load === undefined) {
    throw new EbbError<ContainerErrorCode>(
      'UNKNOWN_STEP',
      `unknown step "${name}"; one of ${Object.keys(STEPS).join(', ')}`,
    );
  }
  const step = await load();
  await step(env, (line) => console.log(line));
}

const name = process.argv[2] ?? '';
run(name, hostEnvironment()).catch((error: unknown) => {
  console.error(`${name}: ${errorMessage(error)}`);
  process.exitCode = 1;
});
