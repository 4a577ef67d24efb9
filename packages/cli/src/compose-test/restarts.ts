import { startHttpLoad } from '../drill/http-load.ts';
import { parseModel } from '../compose/model.ts';
import type { ComposeProject } from './compose-project.ts';
import type { Connections } from './connections.ts';
import { waitForNone } from './ensure.ts';
import { checkKpisEqualRaw } from './kpi-checks.ts';
import { unsettled } from './state-checks.ts';
import { waitUntilCounted } from './traffic-checks.ts';

/** Stopping may take its grace of a minute, and starting as long. */
const RESTART_TIMEOUT_MS = 240_000;

/**
 * Restarts each service that stays up, one after the other, while events flow in; each time everything must become healthy
 * again by itself. In the end each accepted event is stored exactly once.
 */
export async function checkRestarts(
  project: ComposeProject,
  connections: Connections,
  writeKey: string,
): Promise<string> {
  const services = await longRunning(project);
  const load = startHttpLoad({
    collectorUrl: `http://127.0.0.1:${project.ports.COLLECTOR}`,
    writeKey,
    seed: 'restarts',
    batchSize: 20,
    pauseMs: 100,
  });
  const seconds: string[] = [];
  try {
    for (const service of services) seconds.push(`${service} ${(await restart(project, service)).toFixed(0)}`);
  } finally {
    await load.stop();
  }
  await waitUntilCounted(connections, load.acknowledged);
  await checkKpisEqualRaw(connections);
  return `${load.acknowledged.length} accepted events stored once; seconds until all was healthy: ${seconds.join(', ')}`;
}

/** Of those that are up; in the order of the file, so servers come first. */
async function longRunning(project: ComposeProject): Promise<string[]> {
  const model = parseModel(await project.compose(['config', '--format', 'json']));
  return [...model].filter(([, service]) => !service.isStep).map(([name]) => name);
}

/** Returns the seconds until everything was healthy. */
async function restart(project: ComposeProject, service: string): Promise<number> {
  const startMs = Date.now();
  await project.compose(['restart', service], { timeoutMs: RESTART_TIMEOUT_MS });
  const look = async (): Promise<string[]> =>
    unsettled(await project.containers()).map((problem) => `after a restart of ${service}, ${problem}`);
  await waitForNone(look, { timeoutMs: RESTART_TIMEOUT_MS });
  return (Date.now() - startMs) / 1_000;
}
