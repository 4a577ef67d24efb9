import { envEnum, hostEnvironment, loadConfig, option } from '@ebb/config';
import { EbbError, errorMessage } from '@ebb/core';
import { REPOSITORY } from '../stack/home.ts';
import { ComposeProject } from './compose-project.ts';
import type { ComposeTestErrorCode } from './errors.ts';
import { testProject } from './test-project.ts';

/**
 * `make test-compose`: brings docker-compose.yml up as it is, proves that it works and that it is closed, and leaves
 * nothing behind. Exit code 0 only if every check passed.
 */
const options = {
  pull: option('EBB_COMPOSE_PULL', envEnum(['missing', 'never']), {
    description: 'never: use the base images that are on this machine, for one that reaches no registry',
    default: 'missing',
  }),
};

async function main(): Promise<void> {
  const env = hostEnvironment();
  const { pull } = loadConfig(options, env);
  const project = await ComposeProject.prepare(REPOSITORY, env, pull);
  await checkEngine(project);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    await testProject(project, { print: (line) => console.log(line), signal: interrupted.signal });
  } catch (error) {
    console.log(await lastWords(project));
    await cleanUp(project).catch((left: unknown) => console.error(errorMessage(left)));
    throw error;
  }
  await cleanUp(project);
  console.log('test-compose: passed');
}

async function cleanUp(project: ComposeProject): Promise<void> {
  await project.down();
  await project.removeImages();
}

async function checkEngine(project: ComposeProject): Promise<void> {
  try {
    const engine = (await project.docker(['version', '--format', '{{.Server.Version}}'])).trim();
    const compose = (await project.docker(['compose', 'version', '--short'])).trim();
    console.log(`Docker Engine ${engine}, Compose ${compose}, project ${project.name}`);
  } catch (error) {
    throw new EbbError<ComposeTestErrorCode>(
      'ENGINE_MISSING',
      'this test needs a running Docker Engine 25 with Compose 2.24, or later',
      { cause: error },
    );
  }
}

/** What is known when a check failed; the containers are gone afterwards. */
async function lastWords(project: ComposeProject): Promise<string> {
  const states = await project.compose(['ps', '--all']).catch(errorMessage);
  const logs = await project.compose(['logs', '--no-color', '--tail', '40']).catch(errorMessage);
  return `\n${states}\n${logs}`;
}

main().catch((error: unknown) => {
  console.error(`\ntest-compose: ${errorMessage(error)}`);
  process.exitCode = 1;
});
