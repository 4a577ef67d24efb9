import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { TestServerKind } from './protocol.ts';
import { acquireTestServer, releaseTestServer } from './test-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    ebbPostgresUrl?: string;
    ebbPostgresTemplate?: string;
    ebbSharedDirectory?: string;
    ebbKafkaBrokers?: string;
  }
}

/** Starts what a project's tests need before they run; the returned function stops it. */
export async function provideServers(project: TestProject, kinds: TestServerKind[]): Promise<() => Promise<void>> {
  const release = async (): Promise<void> => {
    await Promise.all(kinds.map(releaseTestServer));
  };
  try {
    const reports = await Promise.all(kinds.map(acquireTestServer));
    for (const report of reports) {
      if (report.kind === 'kafka') project.provide('ebbKafkaBrokers', report.brokers);
      if (report.kind !== 'postgres') continue;
      project.provide('ebbPostgresUrl', report.url);
      project.provide('ebbPostgresTemplate', report.template);
      project.provide('ebbSharedDirectory', report.sharedDirectory);
      // Watching is one run after the other: what was made of the code before is out of date.
      project.onTestsRerun(() => emptyDirectory(report.sharedDirectory));
    }
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

async function emptyDirectory(directory: string): Promise<void> {
  for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true, force: true });
}
