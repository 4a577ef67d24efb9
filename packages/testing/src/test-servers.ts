import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestServerKind, type TestServerReport, testServerReport } from './protocol.ts';

interface Shared {
  users: number;
  child: ChildProcess;
  report: Promise<TestServerReport>;
}

/** Vitest loads global set-ups once per project; the servers are shared between them all the same. */
const REGISTRY = Symbol.for('ebb.test-servers');
const registry: Map<TestServerKind, Shared> = ((globalThis as Record<symbol, unknown>)[REGISTRY] ??= new Map()) as Map<
  TestServerKind,
  Shared
>;

/** Starts the server, or joins the one that another project started. Throws what the server process reports. */
export async function acquireTestServer(kind: TestServerKind): Promise<TestServerReport> {
  const shared = registry.get(kind) ?? launch(kind);
  shared.users += 1;
  const report = await shared.report;
  if (report.kind === 'failed') throw new Error(`the test ${kind} server could not start: ${report.message}`);
  return report;
}

/** The last one to leave stops the server and waits until it is gone. */
export async function releaseTestServer(kind: TestServerKind): Promise<void> {
  const shared = registry.get(kind);
  if (shared === undefined) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  registry.delete(kind);
  if (shared.child.exitCode !== null || shared.child.signalCode !== null) return;
  const exited = once(shared.child, 'exit');
  shared.child.stdin?.end();
  await exited;
}

function launch(kind: TestServerKind): Shared {
  const main = join(import.meta.dirname, 'test-server-main.ts');
  const child = spawn(process.execPath, [main, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C at the terminal must not reach it: it stops in order when the runner is gone.
    detached: true,
  });
  const shared = { users: 0, child, report: firstReport(child) };
  registry.set(kind, shared);
  return shared;
}

function firstReport(child: ChildProcess): Promise<TestServerReport> {
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve({ kind: 'failed', message: `its process ended with code ${String(code)}` });
    });
    child.once('error', (error) => {
      resolve({ kind: 'failed', message: error.message });
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(testServerReport.parse(JSON.parse(line)));
    });
  });
}
