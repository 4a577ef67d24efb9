import type { ComposeProject, Container } from './compose-project.ts';
import { waitForNone } from './ensure.ts';

/** Steps end well; everything else runs and is healthy. Returns what is not so, in words. */
export function unsettled(containers: readonly Container[]): string[] {
  return containers
    .filter(({ Service: service, State: state, Health: health, ExitCode: code }) => {
      if (state === 'exited') return code !== 0 || health === 'unhealthy' || !STEPS.has(service);
      return state !== 'running' || health !== 'healthy';
    })
    .map(({ Service: service, State: state, Health: health, ExitCode: code }) =>
      state === 'exited' ? `${service} ended with ${code}` : `${service} is ${state} ${health}`.trimEnd(),
    );
}

const STEPS = new Set([
  'secrets',
  'migrate',
  'migrate-clickhouse',
  'topics',
  'write-key',
  'seed',
  'daily-files',
  'first-build',
  'first-segments',
]);

/** With the year replayed, its files loaded, and all models built and tested. */
const SETTLE_TIMEOUT_MS = 360_000;

export async function waitUntilSettled(project: ComposeProject): Promise<void> {
  await waitForNone(async () => unsettled(await project.containers()), {
    timeoutMs: SETTLE_TIMEOUT_MS,
    intervalMs: 1_000,
  });
}
