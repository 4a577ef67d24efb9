import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';
import { Releasers } from './releasers.ts';

describe('Releasers', () => {
  it('releases in reverse order, once, and goes on after a failure', async () => {
    const order: string[] = [];
    const releasers = new Releasers();
    releasers.add('first', () => order.push('first'));
    releasers.add('second', () => Promise.reject(new Error('stuck')));
    releasers.add('third', () => order.push('third'));
    expect(await releasers.releaseAll()).toEqual([{ name: 'second', message: 'stuck' }]);
    expect(await releasers.releaseAll()).toEqual([]);
    expect(order).toEqual(['third', 'first']);
  });
});

describe('startHealthServer', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  it('answers liveness, readiness with its reasons, and metrics', async () => {
    const metrics = createMetrics('unit');
    metrics.counter('things_total', 'things').inc(2);
    const state = { ready: false, reasons: ['warming up'] };
    server = await startHealthServer({ host: '127.0.0.1', port: 0, metrics, isReady: () => state });
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server?.port}${path}`);
    expect((await get('/healthz/live')).status).toBe(200);
    const notReady = await get('/healthz/ready');
    expect([notReady.status, await notReady.json()]).toEqual([503, state]);
    state.ready = true;
    expect((await get('/healthz/ready')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('ebb_unit_things_total 2');
    expect((await get('/other')).status).toBe(404);
  });
});

const RUNTIME = new URL('./index.ts', import.meta.url).href;

/** Runs `runMain` in a process of its own, since it ends the process. */
function startMain(service: string): ReturnType<typeof spawn> {
  const script = `import { runMain } from '${RUNTIME}';
    await runMain({ name: 'probe', stopTimeoutMs: 500, build: async ({ releasers, logger, env }) => { ${service} } });`;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function outcome(service: string, signal?: NodeJS.Signals): Promise<{ code: unknown; output: string }> {
  const child = startMain(service);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (signal !== undefined && output.includes('"running"')) child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

const UNTIL_STOPPED = `let end; const ended = new Promise((resolve) => { end = resolve; });
  releasers.add('probe', () => logger.info({ event: 'released' }));
  return { run: async () => { logger.info({ event: 'running' }); await ended; }, stop: async () => end() };`;

describe('runMain', () => {
  it('stops on SIGTERM, releases, and exits 0', async () => {
    const { code, output } = await outcome(`setInterval(() => {}, 1000); ${UNTIL_STOPPED}`, 'SIGTERM');
    expect(output).toContain('"released"');
    expect(code).toBe(0);
  });

  it('exits 1 when the service fails, 2 when the configuration is wrong', async () => {
    const failing = await outcome(`return { run: async () => { throw new Error('broken'); }, stop: async () => {} };`);
    expect([failing.code, failing.output.includes('broken')]).toEqual([1, true]);
    const misconfigured = await outcome(
      `const { loadConfig, option, envText } = await import('@ebb/config');
       loadConfig({ x: option('EBB_NEVER_SET', envText(), { description: 'x' }) }, env);`,
    );
    expect([misconfigured.code, misconfigured.output.includes('EBB_NEVER_SET')]).toEqual([2, true]);
  });

  it('exits 1 when stopping takes longer than its deadline', async () => {
    const stuck = `setInterval(() => {}, 1000);
      return { run: async () => { logger.info({ event: 'running' }); await new Promise(() => {}); }, stop: async () => {} };`;
    const { code, output } = await outcome(stuck, 'SIGINT');
    expect([code, output.includes('stop_timed_out')]).toEqual([1, true]);
  });
});
