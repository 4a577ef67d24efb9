import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';
import { checkContainerSuites } from './container-suites.ts';
import { checkContainers, checkUnreachable, checkUsers } from './isolation-checks.ts';
import { type Connections, openConnections } from './connections.ts';
import { checkKpisEqualRaw, checkNoDemoData, checkReplayedYear, countStoredEvents } from './kpi-checks.ts';
import { checkMemory } from './memory-checks.ts';
import { checkRestarts } from './restarts.ts';
import { checkRoles } from './role-checks.ts';
import { checkCrash, checkOrder } from './traffic-checks.ts';
import { readLogins, readSecrets } from './logins.ts';
import { checkPages, checkStranger } from './pages.ts';
import { plantCanaries } from './canaries.ts';
import { checkoutState, checkSecretsStayInside } from './secret-checks.ts';
import { checkLedger, checkPublication, checkSegments, checkValues, checkWarehouse } from './warehouse-checks.ts';
import { checkTls } from './tls-checks.ts';
import { describeBaseImages } from './stand-ins.ts';
import { waitUntilSettled } from './state-checks.ts';

export interface TestOptions {
  print: (line: string) => void;
  signal: AbortSignal;
}

type Check = (name: string, run: () => Promise<string | void>) => Promise<void>;

/** Runs every check in turn and prints a line for each; raises at the first that fails, its line printed as well. */
export async function testProject(project: ComposeProject, options: TestOptions): Promise<void> {
  const check: Check = async (name, run) => {
    options.signal.throwIfAborted();
    const startMs = Date.now();
    const seconds = (): string => `${((Date.now() - startMs) / 1_000).toFixed(1)} s`.padStart(8);
    try {
      const found = (await run()) ?? '';
      options.print(`ok   ${seconds()}  ${name.padEnd(28)} ${found}`.trimEnd());
    } catch (error) {
      options.print(`FAIL ${seconds()}  ${name.padEnd(28)} ${errorMessage(error)}`);
      throw error;
    }
  };
  const checkout = await checkoutState(project);
  await check('build', () => project.build());
  await check('up', () => project.up());
  await check('base images', async () => describeBaseImages(project, await baseImages(project)));
  await testDemo(project, check);
  await check('down', () => project.down());
  await check('suites on containers', () => checkContainerSuites(project));
  await testWithoutDemo(project, check);
  await check('checkout as before', async () =>
    ensureNone((await checkoutState(project)) === checkout ? [] : ['git status is another than before']),
  );
}

async function testDemo(project: ComposeProject, check: Check): Promise<void> {
  await check('healthy', () => waitUntilSettled(project));
  const logins = await readLogins(project);
  const connections = openConnections(project, logins);
  try {
    await check('first publication', () => checkPublication(connections));
    await check('first segments', () => checkSegments(connections));
    await check('first values and risks', () => checkValues(connections));
    await check('pages', () => checkPages(project));
    await check('key required', () => checkStranger(project));
    const canaries = await plantCanaries(project, logins.writeKey);
    await check('order through the collector', () => checkOrder(project, connections, logins.writeKey));
    await check('order and CRM in ClickHouse', () => checkWarehouse(connections));
    await check('year 1 = recount', () => checkReplayedYear(project, connections));
    await check('KPIs = raw rows', () => checkKpisEqualRaw(connections));
    await check('memory', () => checkMemory(project));
    for (const service of ['aggregator', 'collector', 'connect', 'cdc-sink', 'clickhouse']) {
      await check(`crash of the ${service}`, () =>
        checkCrash(project, connections, { service, writeKey: logins.writeKey }),
      );
    }
    await check('roles of ClickHouse', async () => checkRoles(project, await readSecrets(project)));
    await check('restart of each service', () => checkRestarts(project, connections, logins.writeKey));
    await check('ClickHouse = Postgres', () => checkLedger(project));
    await check('TLS', () => checkTls(project));
    await check('secrets', async () =>
      checkSecretsStayInside(project, new Map([...(await readSecrets(project)), ...canaries])),
    );
    await check('down and up again', () => repeat(project, connections));
    await check('containers', () => checkContainers(project));
    await check('users', () => checkUsers(project));
    await check('other addresses', () => checkUnreachable(project));
  } finally {
    await connections.close();
  }
}

/** New containers on the same volumes: nothing is lost, and the steps, the replay included, change nothing. */
async function repeat(project: ComposeProject, connections: Connections): Promise<string> {
  const before = await countStoredEvents(connections);
  const published = await checkPublication(connections);
  const segments = await checkSegments(connections);
  const values = await checkValues(connections);
  await project.removeContainers();
  await project.up();
  await waitUntilSettled(project);
  const after = await countStoredEvents(connections);
  ensureNone([
    ...(before > 0 && after >= before ? [] : [`${before} web events were stored, now ${after} are`]),
    ...((await checkPublication(connections)) === published ? [] : ['a second start published again']),
    ...((await checkSegments(connections)) === segments ? [] : ['a second start made segments again']),
    ...((await checkValues(connections)) === values ? [] : ['a second start made values or risks again']),
  ]);
  return `${before} web events kept; ${await checkReplayedYear(project, connections)}`;
}

async function testWithoutDemo(project: ComposeProject, check: Check): Promise<void> {
  await check('up with EBB_DEMO=off', () => project.up({ EBB_DEMO: 'off' }));
  await check('healthy', () => waitUntilSettled(project));
  const connections = openConnections(project, await readLogins(project));
  try {
    await check('no demo data', () => checkNoDemoData(connections));
  } finally {
    await connections.close();
  }
}

const DOCKERFILES = [
  'Dockerfile',
  'airflow/Dockerfile',
  'superset/Dockerfile',
  'packages/local-stack/connect/Dockerfile',
];

/** Images of others that the project stands on: those of its containers and those of its Dockerfiles. */
async function baseImages(project: ComposeProject): Promise<string[]> {
  const used = (await project.compose(['config', '--images'])).split('\n').filter((image) => image !== '');
  const files = await Promise.all(DOCKERFILES.map((file) => readFile(join(project.root, file), 'utf8')));
  const built = files.flatMap((file) => [...file.matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1] ?? ''));
  return [...new Set([...used, ...built])].filter((image) => !project.images.includes(image)).toSorted();
}
