import { EbbError } from '@ebb/core';
import { z } from 'zod';
import type { ChildCommands } from '../child-commands.ts';

const RESULT = z.looseObject({ state: z.string(), held_reasons: z.array(z.string()).default([]) });

/** Runs a job of the segmentation worker; its result. Raises NOT_PUBLISHED when readers do not see what it came to. */
export async function runModelJob(
  commands: ChildCommands,
  kind: string,
  source: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const asked = ['--source', source, '--params', JSON.stringify(params)];
  const text = await commands.capture(['models', 'run', kind, ...asked, '--json']);
  const result = RESULT.parse(JSON.parse(text));
  if (result.state === 'published') return result;
  throw new EbbError('NOT_PUBLISHED', `the run of ${kind} was held back: ${result.held_reasons.join('; ')}`);
}
