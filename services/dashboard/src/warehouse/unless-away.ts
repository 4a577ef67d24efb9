import { toDashboardError } from '../errors.ts';

export type Asked<T> =
  { readonly answer: T; readonly problem: null } | { readonly answer: null; readonly problem: string };

/** What the warehouse says, or why it does not, for answers that are worth giving without it. */
export async function unlessAway<T>(ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { answer: await ask(), problem: null };
  } catch (error) {
    const known = toDashboardError(error);
    if (known.code === 'INTERNAL') throw error;
    return { answer: null, problem: known.message };
  }
}
