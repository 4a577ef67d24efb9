import type { Environment } from '@ebb/config';
import { EbbError } from '@ebb/core';
import type { Command } from 'commander';
import { Docker } from '../compose/docker.ts';
import type { ComposeErrorCode } from '../compose/errors.ts';
import { type Group, parseGroup, profilesOf, servicesToStart, servicesToStop } from '../compose/groups.ts';
import { readHostFacts } from '../compose/host-facts.ts';
import { preflight } from '../compose/preflight.ts';
import { commandContext } from '../context.ts';

export function registerCompose(program: Command): void {
  const compose = program
    .command('compose')
    .description(
      'the platform in containers, whole or by group: streaming, batch (with Airflow), dashboards (with Superset)',
    );
  const add = (
    name: string,
    description: string,
    act: (env: Environment, group: Group | null) => Promise<void>,
  ): void => {
    compose
      .command(`${name} [group]`)
      .description(description)
      .action((group?: string) => act(commandContext().env, group === undefined ? null : parseGroup(group)));
  };
  add('check', 'whether this machine can run it: Docker, memory, ports', check);
  add('up', 'check, then start it and wait until it is healthy', up);
  add('down', 'stop it; data stays. Servers that another group uses stay up', down);
}

async function check(env: Environment, group: Group | null): Promise<void> {
  const roots: Parameters<typeof readHostFacts>[2] = (model) => servicesToStart(model, group, askedProfiles(env));
  const findings = preflight(await readHostFacts(new Docker(env), env, roots));
  for (const { isFatal, text } of findings) console.log(`${isFatal ? 'STOP' : 'note'} ${text}`);
  const fatal = findings.filter(({ isFatal }) => isFatal).length;
  if (fatal > 0) {
    throw new EbbError<ComposeErrorCode>('HOST_NOT_READY', `this machine is not ready: ${fatal} problems, see above`);
  }
  console.log('This machine can run it.');
}

async function up(env: Environment, group: Group | null): Promise<void> {
  await check(env, group);
  const docker = new Docker(env);
  const profiles = group === null ? [] : profilesOf(group).flatMap((profile) => ['--profile', profile]);
  const services = group === null ? [] : servicesToStart(await docker.model(), group, askedProfiles(env));
  await docker.show([...profiles, 'up', '--build', '--detach', '--wait', ...services]);
  console.log('Up. Pages and logins: make credentials');
}

async function down(env: Environment, group: Group | null): Promise<void> {
  const docker = new Docker(env);
  if (group === null) return docker.show(['--profile', '*', 'down']);
  const services = servicesToStop(await docker.model(), group, await docker.running());
  if (services.length === 0) return console.log('Nothing of it was running.');
  await docker.show(['--profile', '*', 'stop', ...services]);
  await docker.show(['--profile', '*', 'rm', '--force', ...services]);
}

function askedProfiles(env: Environment): string[] {
  return (env['COMPOSE_PROFILES'] ?? '').split(',').filter((profile) => profile !== '');
}
