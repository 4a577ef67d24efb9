type Dispose = () => Promise<void>;

const pending: Dispose[] = [];

/** Runs after the last test of the file, in reverse order of registration. */
export function disposeAfterFile(dispose: Dispose): void {
  pending.push(dispose);
}

/** Called by the set-up file of every project with servers; one failure does not keep the others from running. */
export async function disposeAll(): Promise<void> {
  const errors: unknown[] = [];
  for (let dispose = pending.pop(); dispose !== undefined; dispose = pending.pop()) {
    try {
      await dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'cleaning up after the tests failed');
}
