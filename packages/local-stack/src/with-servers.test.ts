import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { sleep } from '@ebb/core';
import { expect, test } from 'vitest';
import { type ServerOwner, stoppable, withServers } from './with-servers.ts';

const START_MS = 20;

/** What stands for a server: tells when it is stopped. */
function starter(stopped: string[]) {
  return async (name: string): Promise<{ stop(): Promise<void> }> => {
    await sleep(START_MS);
    return {
      stop: async () => {
        await sleep(1);
        stopped.push(name);
      },
    };
  };
}

test('gives what the work gives; servers are stopped, the latest first, and their folder is gone', async () => {
  const stopped: string[] = [];
  const start = starter(stopped);
  const folder = await withServers('test', async ({ directory, own }) => {
    await own(start('database'));
    await own(start('broker'));
    expect(existsSync(directory)).toBe(true);
    return directory;
  });
  expect(stopped).toEqual(['broker', 'database']);
  expect(existsSync(folder)).toBe(false);
});

test('a server that cannot be started is an error, those before it are stopped', async () => {
  const stopped: string[] = [];
  const work = async ({ own }: ServerOwner): Promise<void> => {
    await own(starter(stopped)('database'));
    await own(Promise.reject(new Error('no port')));
  };
  await expect(withServers('test', work)).rejects.toThrow('no port');
  expect(stopped).toEqual(['database']);
});

test('a child process is ended and waited for; one that has ended by itself is none to wait for', async () => {
  const child = await withServers('test', async ({ own }) => {
    const brief = spawn(process.execPath, ['--eval', '']);
    const briefly = await own(Promise.resolve(stoppable(brief)));
    await once(brief, 'exit');
    await briefly.stop();
    const long = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    await own(Promise.resolve(stoppable(long)));
    return long;
  });
  expect(child.signalCode).toBe('SIGTERM');
});

test('interrupted while one still starts: that one is stopped as well', async () => {
  const stopped: string[] = [];
  const start = starter(stopped);
  const work = async ({ own }: ServerOwner): Promise<void> => {
    await own(start('database'));
    const starting = own(start('broker'));
    process.emit('SIGHUP', 'SIGHUP');
    await starting;
    await new Promise(() => {});
  };
  const listeners = process.listenerCount('SIGHUP');
  await expect(withServers('test', work)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(stopped).toEqual(['broker', 'database']);
  expect(process.listenerCount('SIGHUP')).toBe(listeners);
});
