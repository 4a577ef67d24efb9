import { waitForNone } from './ensure.ts';
import type { ComposeProject } from './compose-project.ts';

const BACK_TIMEOUT_MS = 120_000;

/**
 * Ends a service as a crash would: from inside, so that the engine takes it for a failure and applies the restart
 * policy (`docker kill` counts as stopped by hand). Returns once it is healthy again, with the milliseconds it took.
 */
export async function crash(project: ComposeProject, service: string): Promise<number> {
  const before = await restartCount(project, service);
  const startMs = Date.now();
  // The killed process may take the command that killed it along: its own failure says nothing.
  await project.exec(service, ['sh', '-c', 'kill -9 $(cat /proc/1/task/1/children)']).catch(() => '');
  await waitForNone(
    async () => {
      if ((await restartCount(project, service)) === before) return [`${service} was not started again`];
      const { State: state, Health: health } = await project.container(service);
      return state === 'running' && health === 'healthy' ? [] : [`${service} is ${state} ${health}`];
    },
    { timeoutMs: BACK_TIMEOUT_MS, intervalMs: 200 },
  );
  return Date.now() - startMs;
}

async function restartCount(project: ComposeProject, service: string): Promise<number> {
  const { ID: id } = await project.container(service);
  return Number(await project.docker(['inspect', '--format', '{{.RestartCount}}', id]));
}
