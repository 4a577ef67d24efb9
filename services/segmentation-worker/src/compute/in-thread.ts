import { Worker } from 'node:worker_threads';
import { EbbError } from '@ebb/core';
import { WorkerError } from '../errors.ts';
import type { TaskInput, TaskName, TaskOutput } from './tasks.ts';

export type ThreadAnswer = { readonly value: unknown } | { readonly error: { code: string; message: string } };

/**
 * Computes in a thread of its own, so that the service answers, renews its lease and sees a cancellation meanwhile; an
 * aborted signal ends the thread at once. Input and output are copied (structured clone).
 */
export function inThread<N extends TaskName>(
  task: N,
  input: TaskInput<N>,
  signal: AbortSignal,
): Promise<TaskOutput<N>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(task));
      return;
    }
    const thread = new Worker(new URL('thread.ts', import.meta.url), { workerData: { task, input } });
    const abort = (): void => {
      reject(cancelled(task));
      void thread.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    thread.once('message', (answer: ThreadAnswer) => {
      if ('error' in answer) reject(new EbbError(answer.error.code, answer.error.message));
      else resolve(answer.value as TaskOutput<N>);
    });
    thread.once('error', (error) => reject(failed(task, error.message, error)));
    thread.once('exit', (code) => {
      signal.removeEventListener('abort', abort);
      // Without effect where an answer came first.
      reject(failed(task, `it ended with code ${code}`));
    });
  });
}

function cancelled(task: string): WorkerError {
  return new WorkerError('CANCELLED', `cancelled while it computed ${task}`);
}

function failed(task: string, what: string, cause?: unknown): WorkerError {
  return new WorkerError('COMPUTE_FAILED', `no result of ${task}: ${what}`, { cause });
}
