import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { anyFreePort, choosePort } from '@ebb/local-stack';
import { createPool } from '@ebb/postgres';
import { eventually } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logFileOf } from './home.ts';
import type { StackReport } from './report.ts';
import { outcome, type Outcome, printed, TestStack } from './test-stack.ts';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };

/** Postgres's wanted port is taken by a stranger, and both stacks want the same ports, at the same time. */
let stranger: Server;
let ports: Record<string, string>;
let first: TestStack;
let second: TestStack;
let starts: Outcome[];

beforeAll(async () => {
  const base = await choosePort(await anyFreePort());
  stranger = createServer().listen(base, '127.0.0.1');
  await once(stranger, 'listening');
  ports = {
    // Neighbours and even the same, so that parts of one stack compete too.
    EBB_POSTGRES_PORT: String(base),
    EBB_KAFKA_PORT: String(base + 1000),
    EBB_KAFKA_CONTROLLER_PORT: String(base + 1001),
    EBB_CLICKHOUSE_PORT: String(base + 1002),
    EBB_COLLECTOR_PORT: String(base + 2000),
    EBB_AGGREGATOR_PORT: String(base + 2001),
    EBB_DASHBOARD_PORT: String(base + 2000),
  };
  first = new TestStack(ports);
  second = new TestStack(ports);
  starts = await Promise.all([first.run(['up']), second.run(['up'])]);
  // Two whole stacks at once: twenty processes that start on whatever the machine has.
}, 300_000);

afterAll(async () => {
  await Promise.all([first.dispose(), second.dispose()]);
  stranger.close();
});

describe('two stacks started at once on busy ports', () => {
  test('every part of both is ready, each on a port of its own', async () => {
    expect(starts).toEqual([
      { code: 0, output: expect.stringContaining('Ebb is up.') as string },
      { code: 0, output: expect.stringContaining('Ebb is up.') as string },
    ]);
    const reports = await Promise.all([first.status(), second.status()]);
    for (const report of reports) {
      expect(Object.entries(report).map(([name, part]) => [name, part.state])).toEqual([
        ['postgres', 'ready'],
        ['kafka', 'ready'],
        ['clickhouse', 'ready'],
        ['object-store', 'ready'],
        ['connect', 'ready'],
        ['collector', 'ready'],
        ['aggregator', 'ready'],
        ['cdc-connector', 'ready'],
        ['cdc-sink', 'ready'],
        ['ledger', 'ready'],
        ['batch-loader', 'ready'],
        ['segmentation-worker', 'ready'],
        ['dashboard', 'ready'],
        ['supervisor', 'ready'],
      ]);
      expect(Object.values(report).every((part) => (part.rssMb ?? 0) > 10 && part.cpuSeconds !== null)).toBe(true);
    }
    const addresses = reports.flatMap((report) =>
      [
        report.postgres,
        report.clickhouse,
        report['object-store'],
        report.collector,
        report.aggregator,
        report.dashboard,
      ].map(({ url }) => new URL(url ?? '').port),
    );
    const brokers = reports.map((report) => report.kafka.brokers);
    expect(new Set([...addresses, ...brokers]).size).toBe(14);
    expect(addresses).not.toContain(ports['EBB_POSTGRES_PORT']);
  });

  test('status prints all of it for scripts, and no secret for people', async () => {
    const { output } = await first.run(['status', '--json']);
    const printed = JSON.parse(output) as StackReport;
    const { postgres, collector } = await first.status();
    expect(printed.postgres).toMatchObject({ url: postgres.url, pid: postgres.pid, state: 'ready' });
    expect(printed.collector).toMatchObject({
      url: collector.url,
      writeKey: expect.stringMatching(/^ebb_wk_/) as string,
    });
    const { output: table } = await first.run(['status']);
    expect(table).toContain(new URL(postgres.url ?? '').port);
    expect(table).not.toContain(new URL(postgres.url ?? '').password);
    expect(table).not.toContain('ebb_wk_');
  });

  test('what is written in one is not in the other', async () => {
    await first.run(['psql', '-c', `insert into ops.settings values ('whose', 'first')`]);
    expect((await first.run(['psql', '-c', 'select value from ops.settings'])).output).toContain('first');
    expect((await second.run(['psql', '-c', 'select value from ops.settings'])).output).not.toContain('first');
  });

  test('starting again says so and changes nothing', async () => {
    const before = await first.status();
    const { code, output } = await first.run(['up']);
    expect(code).toBe(0);
    expect(output).toContain('already up');
    expect((await first.status()).postgres.pid).toBe(before.postgres.pid);
  });

  test('secrets and state are readable by the owner alone', () => {
    for (const file of [first.home.secretsFile, first.home.stateFile, logFileOf(first.home, 'collector')]) {
      expect(statSync(file).mode & 0o077).toBe(0);
    }
  });

  test('migrating again is a matter of nothing', async () => {
    expect((await first.run(['migrate'])).output).toContain('up to date');
  });

  test('keys are made, listed and revoked', async () => {
    const made = await first.run(['keys', 'create', 'site', '--origin', 'https://shop.example/', '--rate', '50']);
    expect(made.output).toMatch(/ebb_wk_\w{32}/);
    expect((await first.run(['keys', 'list'])).output).toMatch(/site .* shop +https:\/\/shop\.example +50 /);
    expect((await first.run(['keys', 'revoke', 'site'])).output).toContain('revoked "site"');
    expect((await first.run(['keys', 'revoke', 'nobody'])).code).toBe(1);
  });
});

describe('kill -9', () => {
  test.for(['postgres', 'kafka', 'collector', 'aggregator', 'dashboard'] as const)(
    'of %s: it comes back at the same address',
    async (name) => {
      const before = (await first.status())[name];
      process.kill(before.pid ?? 0, 'SIGKILL');
      await eventually(async () => {
        const now = (await first.status())[name];
        expect(now).toMatchObject({ state: 'ready', restarts: before.restarts + 1 });
        expect(now.pid).not.toBe(before.pid);
        expect([now.url, now.brokers]).toEqual([before.url, before.brokers]);
      }, PATIENCE);
    },
  );

  test('of the supervisor: the parts go on, are recognised, and the next start takes over', async () => {
    const before = await first.status();
    process.kill(before.supervisor.pid ?? 0, 'SIGKILL');
    await eventually(async () => {
      const { output } = await first.run(['status']);
      expect(output).toContain('orphaned');
      expect(output).toContain('No supervisor runs');
    });
    const { code, output } = await first.run(['up']);
    expect(output).toContain('left behind');
    expect(code).toBe(0);
    const after = await first.status();
    expect(after.postgres.url).toBe(before.postgres.url);
    expect(after.postgres.pid).not.toBe(before.postgres.pid);
    const pool = createPool({ url: after.postgres.url ?? '', applicationName: 'test' });
    const { rows } = await pool.query<{ value: string }>(`select value from ops.settings where key = 'whose'`);
    await pool.end();
    expect(rows).toEqual([{ value: 'first' }]);
  });

  test('of the supervisor, then down: nothing is left', async () => {
    process.kill((await first.status()).supervisor.pid ?? 0, 'SIGKILL');
    const { code, output } = await first.run(['down']);
    expect([code, output]).toEqual([0, 'Stopped.\n']);
    expect(first.processes()).toEqual([]);
  });
});

describe('damaged or stale state', () => {
  test('garbage in the state file of a running stack heals, and down leaves nothing', async () => {
    writeFileSync(second.home.stateFile, '{"version": 1, "pha');
    await eventually(async () => {
      expect((await second.status()).kafka.state).toBe('ready');
    });
    writeFileSync(second.home.stateFile, 'garbage');
    await second.run(['down']);
    expect(second.processes()).toEqual([]);
    expect((await second.status()).postgres.state).toBe('stopped');
  });

  test('a pid in the state file that belongs to somebody else now is left alone', async () => {
    const state = JSON.parse(readFileSync(second.home.stateFile, 'utf8')) as {
      supervisor: object;
      parts: Record<string, { state: string; process: object }>;
    };
    const reused = { pid: process.pid, startToken: 'another:1' };
    state.supervisor = reused;
    for (const part of Object.values(state.parts)) Object.assign(part, { state: 'ready', process: reused });
    writeFileSync(second.home.stateFile, JSON.stringify(state));
    expect((await second.status()).postgres.state).toBe('stopped');
    expect((await second.run(['down'])).output).toBe('Nothing was running.\n');
  });
});

describe('giving up', () => {
  test('Ctrl-C while it starts leaves no process', async () => {
    const child = second.start(['up']);
    const ended = outcome(child);
    await printed(child, 'kafka: starting');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(second.processes()).toEqual([]);
  });

  test('a foreground stack ends with whoever started it, however that ended', async () => {
    const child = second.start(['up', '--foreground']);
    const ended = outcome(child);
    await printed(child, 'postgres: ready');
    const commands = second.commandProcesses(child.pid ?? 0);
    expect(commands).toHaveLength(2);
    for (const pid of commands) process.kill(pid, 'SIGKILL');
    await ended;
    await eventually(() => {
      expect(second.processes()).toEqual([]);
    }, PATIENCE);
  });

  test('without Java the reason and the cure are said, and nothing is left', async () => {
    const { code, output } = await second.run(['up'], { JAVA_HOME: '/nonexistent' });
    expect(code).toBe(1);
    expect(output).toContain('/nonexistent/bin/java');
    expect(output).toMatch(/install/);
    expect(second.processes()).toEqual([]);
  });

  test('an unknown optional part is refused with what there is', async () => {
    const { code, output } = await second.run(['up', '--with', 'flink']);
    expect(code).toBe(1);
    expect(output).toContain('the optional parts are mail, airflow, superset, superset-worker');
  });
});
