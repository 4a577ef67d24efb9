import { type Environment, hostEnvironment } from '@ebb/config';
import { EbbError, errorMessage } from '@ebb/core';
import { clickhouseStep } from './clickhouse-step.ts';
import { dailyFilesStep } from './daily-files-step.ts';
import { migrateStep, writeKeyStep } from './database-steps.ts';
import type { ContainerErrorCode } from './errors.ts';
import { secretsStep } from './secrets-step.ts';
import type { Step } from './step.ts';
import { topicsStep } from './topics-step.ts';
import { loginsStep, urlsStep } from './urls-step.ts';

/**
 * The one-shot services of docker-compose.yml. A program of its own beside `ebb`: it must not load the embedded
 * servers, which the image does not carry.
 */
const STEPS: Readonly<Record<string, Step>> = {
  secrets: secretsStep,
  migrate: migrateStep,
  clickhouse: clickhouseStep,
  topics: topicsStep,
  'write-key': writeKeyStep,
  'daily-files': dailyFilesStep,
  urls: urlsStep,
  logins: loginsStep,
};

async function run(name: string, env: Environment): Promise<void> {
  const step = STEPS[name];
  if (step === undefined) {
    throw new EbbError<ContainerErrorCode>(
      'UNKNOWN_STEP',
      `unknown step "${name}"; one of ${Object.keys(STEPS).join(', ')}`,
    );
  }
  await step(env, (line) => console.log(line));
}

const name = process.argv[2] ?? '';
run(name, hostEnvironment()).catch((error: unknown) => {
  console.error(`${name}: ${errorMessage(error)}`);
  process.exitCode = 1;
});
