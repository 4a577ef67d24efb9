import { isEbbError } from '@ebb/core';
import { z } from 'zod';
import type { WorkerErrorCode } from '../errors.ts';

/** Of every kind, beside its own params. */
const anyParams = z.looseObject({ if_empty: z.enum(['fail', 'skip']).default('fail') });

/** There is nothing that could be wrong with the data. */
const EMPTY: readonly WorkerErrorCode[] = ['NO_PUBLICATION', 'NO_MARTS'];

/**
 * The work's result. Where the published marts hold nothing for it, whoever asked with `if_empty: "skip"` is told so by a
 * result instead of a failure; everything else that is wrong fails as ever.
 */
export async function unlessEmpty(
  work: (params: Record<string, unknown>) => Promise<Record<string, unknown>>,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { if_empty: ifEmpty, ...own } = anyParams.parse(params);
  try {
    return await work(own);
  } catch (error) {
    if (ifEmpty === 'fail' || !(error instanceof Error) || !EMPTY.some((code) => isEbbError(error, code))) throw error;
    return { state: 'skipped', reason: error.message };
  }
}
