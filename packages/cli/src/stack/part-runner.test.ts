import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort, type ExitInfo, LocalStackError } from '@ebb/local-stack';
import { eventually } from '@ebb/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stackHome } from './home.ts';
import type { Part, PartContext, StartedPart } from './part.ts';
import { PartRunner } from './part-runner.ts';
import { PortPlan } from './port-plan.ts';
import { ensureSecrets } from './secrets.ts';
import { newState, type PartRecord } from './state.ts';

let context: PartContext;
let abort: AbortController;

beforeEach(async () => {
  const home = stackHome({ EBB_HOME: mkdtempSync(join(tmpdir(), 'ebb-runner-')) });
  abort = new AbortController();
  const env = { EBB_COLLECTOR_PORT: String(await anyFreePort()) };
  const ports = new PortPlan(home, env);
  context = { home, env, ports, secrets: ensureSecrets(home), signal: abort.signal, progress: () => {} };
});

afterEach(() => {
  rmSync(context.home.root, { recursive: true, force: true });
});

/** A part whose process is this test: it starts as told and dies when told. */
class FakePart implements Part {
  readonly name = 'collector';
  readonly level = 'service';
  readonly port = 'collector';
  readonly portsSeen: number[] = [];
  readonly #script: (Error | null)[];
  die: (exit: ExitInfo) => void = () => {};

  constructor(script: (Error | null)[] = []) {
    this.#script = script;
  }

  start(_context: PartContext, port: number): Promise<StartedPart> {
    this.portsSeen.push(port);
    const failure = this.#script.shift();
    if (failure) return Promise.reject(failure);
    const exited = new Promise<ExitInfo>((resolve) => {
      this.die = resolve;
    });
    const stop = (): Promise<void> => {
      this.die({ code: 0, signal: null });
      return Promise.resolve();
    };
    return Promise.resolve({ pid: process.pid, exited, stop });
  }
}

function runner(part: Part): { runner: PartRunner; record: () => PartRecord } {
  let record: PartRecord = newState({ pid: 1, startToken: '' }, ['collector']).parts['collector'] as PartRecord;
  const onChange = (changed: PartRecord): void => {
    record = changed;
  };
  return { runner: new PartRunner(part, context, record, { onChange, log: () => {} }), record: () => record };
}

async function stop(subject: PartRunner): Promise<void> {
  abort.abort();
  await subject.stop();
}

describe('a part', () => {
  test('that dies is started again at once, on its port', async () => {
    const part = new FakePart();
    const subject = runner(part);
    await subject.runner.start();
    part.die({ code: null, signal: 'SIGKILL' });
    await eventually(() => {
      expect(subject.record()).toMatchObject({ state: 'ready', restarts: 1, problem: null });
    });
    expect(part.portsSeen).toEqual([part.portsSeen[0], part.portsSeen[0]]);
    await stop(subject.runner);
    expect(subject.record()).toMatchObject({ state: 'stopped', process: null });
  });

  test('that cannot come back is tried again and again, with the reason shown', async () => {
    const busy = new LocalStackError('SERVER_EXITED', 'address in use');
    const part = new FakePart([null, busy, busy, null]);
    const subject = runner(part);
    await subject.runner.start();
    part.die({ code: 1, signal: null });
    await eventually(() => {
      expect(subject.record()).toMatchObject({ state: 'restarting', problem: 'address in use' });
    });
    await eventually(() => {
      expect(subject.record()).toMatchObject({ state: 'ready', restarts: 1 });
    });
    await stop(subject.runner);
  });

  test('that loses a race for its port at the start is tried again, three times in all', async () => {
    const lost = new LocalStackError('NOT_OURS', 'another server answers');
    const lucky = runner(new FakePart([lost, lost, null]));
    await lucky.runner.start();
    expect(lucky.record().state).toBe('ready');
    const unlucky = runner(new FakePart([lost, lost, lost]));
    await expect(unlucky.runner.start()).rejects.toThrow('another server answers');
    expect(unlucky.record()).toMatchObject({ state: 'failed', problem: 'another server answers' });
    await stop(lucky.runner);
  });

  test('that lacks a tool fails at once', async () => {
    const part = new FakePart([new LocalStackError('JAVA_MISSING', 'no java'), null]);
    await expect(runner(part).runner.start()).rejects.toThrow('no java');
    expect(part.portsSeen).toHaveLength(1);
  });

  test('that is stopped while it is being restarted does not come back', async () => {
    const part = new FakePart([null, ...Array.from({ length: 50 }, () => new LocalStackError('SERVER_EXITED', 'no'))]);
    const subject = runner(part);
    await subject.runner.start();
    part.die({ code: 1, signal: null });
    await eventually(() => {
      expect(part.portsSeen.length).toBeGreaterThan(1);
    });
    await stop(subject.runner);
    const seen = part.portsSeen.length;
    expect(subject.record().state).toBe('stopped');
    expect(part.portsSeen).toHaveLength(seen);
  });
});

test('the part table names every part once, servers before services', async () => {
  const { PARTS } = await import('./parts.ts');
  const { PART_NAMES } = await import('./part.ts');
  expect(PARTS.map((part) => part.name)).toEqual(PART_NAMES);
  const levels = PARTS.map((part) => part.level);
  expect(levels).toEqual(levels.toSorted());
  expect(new Set(PARTS.map((part) => part.port)).size).toBe(PARTS.length);
});
