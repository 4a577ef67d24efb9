import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Environment } from '@ebb/config';
import { EbbError } from '@ebb/core';
import { processUsage } from '@ebb/local-stack';
import { z } from 'zod';

/** Memory after everything that nobody refers to has been collected, bytes. */
export interface MemoryUse {
  /** Of JavaScript, and the contents of its buffers. */
  readonly heap: number;
  /** Of the whole process, as the system sees it. */
  readonly resident: number;
}

const usageSchema = z.object({ usedSize: z.number(), backingStorageSize: z.number().default(0) });
const replySchema = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const INSPECTOR = /Debugger listening on (ws:\S+)/;

/** A program of ours in a Node of its own that can be told to collect its garbage. */
export class InspectedProcess {
  readonly #child: ChildProcess;
  readonly #inspector: WebSocket;
  #calls = 0;

  private constructor(child: ChildProcess, inspector: WebSocket) {
    this.#child = child;
    this.#inspector = inspector;
  }

  static async start(main: string, env: Environment): Promise<InspectedProcess> {
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', main], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const line of createInterface({ input: child.stderr })) {
      const address = INSPECTOR.exec(line)?.[1];
      if (address === undefined) continue;
      child.stderr.resume();
      const inspector = new WebSocket(address);
      await once(inspector, 'open');
      return new InspectedProcess(child, inspector);
    }
    throw new EbbError('NOT_STARTED', `${main} ended with ${String(child.exitCode)} before it could be inspected`);
  }

  async memory(): Promise<MemoryUse> {
    await this.#call('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = usageSchema.parse(await this.#call('Runtime.getHeapUsage'));
    return {
      heap: usedSize + backingStorageSize,
      resident: processUsage(this.#child.pid ?? 0)?.rssBytes ?? Number.NaN,
    };
  }

  async stop(): Promise<void> {
    this.#inspector.close();
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }

  async #call(method: string): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    const answered = new Promise<unknown>((resolve, reject) => {
      const listen = ({ data }: MessageEvent): void => {
        const reply = replySchema.parse(JSON.parse(String(data)));
        if (reply.id !== id) return;
        this.#inspector.removeEventListener('message', listen);
        if (reply.error === undefined) resolve(reply.result);
        else reject(new EbbError('NOT_INSPECTED', `${method}: ${JSON.stringify(reply.error)}`));
      };
      this.#inspector.addEventListener('message', listen);
    });
    this.#inspector.send(JSON.stringify({ id, method }));
    return answered;
  }
}
