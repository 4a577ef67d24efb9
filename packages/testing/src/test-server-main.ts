import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import { anyFreePort, LocalStackError, postgresUrl, startKafka, startPostgres } from '@ebb/local-stack';
import { createPool, migrate } from '@ebb/postgres';
import { databaseUrl } from './database-url.ts';
import { uniqueName } from './names.ts';
import { onContainers } from './on-containers.ts';
import type { TestServerKind, TestServerReport } from './protocol.ts';

/**
 * One real server for a test run: `node test-server-main.ts postgres|kafka`. It is a process of its own that lives as
 * long as its standard input stays open, so that nothing is left behind however the test runner ends.
 */
interface Running {
  report: TestServerReport;
  stop(): Promise<void>;
}

const SQL_DIRECTORY = join(import.meta.dirname, '../../../sql/postgres');
const abort = new AbortController();

async function start(kind: TestServerKind): Promise<Running> {
  const environment = hostEnvironment();
  if (kind === 'postgres') {
    const external = environment['EBB_TEST_POSTGRES_URL'];
    return external ? withTemplate(external, () => Promise.resolve()) : ownPostgres();
  }
  const external = environment['EBB_TEST_KAFKA_BROKERS'];
  if (external) return { report: { kind, brokers: external }, stop: () => Promise.resolve() };
  return onContainers() ? kafkaContainer() : embeddedKafka();
}

async function ownPostgres(): Promise<Running> {
  const { url, stop } = await (onContainers() ? postgresContainer() : embeddedPostgres());
  return withTemplate(url, stop).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
}

async function postgresContainer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const { startPostgresContainer } = await import('./containers.ts');
  const password = uniqueName('test');
  const { port, stop } = await startPostgresContainer(password);
  return { url: postgresUrl({ port, password }), stop };
}

async function kafkaContainer(): Promise<Running> {
  const { startKafkaContainer } = await import('./containers.ts');
  const { port, stop } = await startKafkaContainer(await anyFreePort());
  return { report: { kind: 'kafka', brokers: `127.0.0.1:${port}` }, stop };
}

async function embeddedPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = temporaryDirectory('postgres');
  try {
    const server = await startPostgres({
      dataDir: join(directory, 'data'),
      port: await anyFreePort(),
      password: uniqueName('test'),
      logFile: join(directory, 'postgres.log'),
      sharedBuffersMb: 128,
      fsync: false,
      signal: abort.signal,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    };
    return { url: server.url, stop };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A migrated database that tests copy: copying takes a tenth of migrating. With it goes the place for what else the run's
 * files share.
 */
async function withTemplate(url: string, stopServer: () => Promise<void>): Promise<Running> {
  const template = uniqueName('ebb_test_template');
  const admin = createPool({ url, max: 1, applicationName: 'ebb-test-server' });
  try {
    await admin.query(`create database ${template}`);
    await migrate({
      url: databaseUrl(url, template),
      directory: SQL_DIRECTORY,
      businessTimezone: 'UTC',
      rawRetentionDays: 400,
    });
  } finally {
    await admin.end();
  }
  const sharedDirectory = temporaryDirectory('shared');
  const stop = async (): Promise<void> => {
    rmSync(sharedDirectory, { recursive: true, force: true });
    try {
      await dropTemplate(url, template);
    } finally {
      await stopServer();
    }
  };
  return { report: { kind: 'postgres', url, template, sharedDirectory }, stop };
}

async function dropTemplate(url: string, template: string): Promise<void> {
  const admin = createPool({ url, max: 1, applicationName: 'ebb-test-server' });
  try {
    await admin.query(`drop database if exists ${template} with (force)`);
  } finally {
    await admin.end();
  }
}

async function embeddedKafka(): Promise<Running> {
  const directory = temporaryDirectory('kafka');
  try {
    const server = await startKafka({
      dataDir: join(directory, 'data'),
      port: await anyFreePort(),
      controllerPort: await anyFreePort(),
      logFile: join(directory, 'kafka.log'),
      onProgress: (message) => process.stderr.write(`${message}\n`),
      signal: abort.signal,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    };
    return { report: { kind: 'kafka', brokers: server.brokers }, stop };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function temporaryDirectory(kind: TestServerKind | 'shared'): string {
  const directory = mkdtempSync(join(tmpdir(), `ebb-test-${kind}-`));
  // The server may have to run as another user, who must be able to enter.
  chmodSync(directory, 0o711);
  return directory;
}

/** Resolves when the test runner closed our input, by intention or by dying, or when we are asked to end. */
function parentGone(): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      abort.abort();
      resolve();
    };
    process.stdin.on('end', finish).on('error', finish).resume();
    process.once('SIGTERM', finish).once('SIGINT', finish);
  });
}

function report(message: TestServerReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const gone = parentGone();
try {
  const running = await start(process.argv[2] === 'kafka' ? 'kafka' : 'postgres');
  report(running.report);
  await gone;
  await running.stop();
} catch (error) {
  const isAborted = error instanceof LocalStackError && error.code === 'ABORTED';
  if (!isAborted) report({ kind: 'failed', message: errorMessage(error) });
  process.exitCode = 1;
}
process.stdin.destroy();
