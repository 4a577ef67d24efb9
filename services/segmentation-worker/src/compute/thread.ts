import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage, isEbbError, must } from '@ebb/core';
import type { ThreadAnswer } from './in-thread.ts';
import { runTask, type TaskName } from './tasks.ts';

/** One task, then the end. */
function answer({ task, input }: { task: TaskName; input: unknown }): ThreadAnswer {
  try {
    return { value: runTask(task, input) };
  } catch (error) {
    return { error: { code: isEbbError(error) ? error.code : 'COMPUTE_FAILED', message: errorMessage(error) } };
  }
}

const port = must(parentPort, 'this file is the main file of a thread');
const done = answer(workerData as { task: TaskName; input: unknown });
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin.
port.postMessage(done);
