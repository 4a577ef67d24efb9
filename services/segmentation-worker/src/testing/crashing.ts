/** Stands for the end of the process: from then on nothing has an effect any more. */
export class Crash extends Error {}

export interface CrashPlan {
  /** Calls until the end. */
  left: number;
}

/**
 * The same object, whose named methods throw from the n-th call of any of them on: that one had its effect, and nothing
 * follows, as after `kill -9`.
 */
export function crashing<T extends object>(target: T, names: readonly string[], plan: CrashPlan): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value = Reflect.get(object, name) as unknown;
      if (typeof value !== 'function') return value;
      const call = value.bind(object) as (...args: unknown[]) => unknown;
      if (!names.includes(String(name))) return call;
      return async (...args: unknown[]): Promise<unknown> => {
        if (plan.left <= 0) throw new Crash('the process has ended');
        const result = await call(...args);
        plan.left -= 1;
        if (plan.left <= 0) {
          if (name === 'connect') (result as { release: (destroy: boolean) => void }).release(true);
          throw new Crash('the process has ended');
        }
        return name === 'connect' ? crashing(result as object, ['query'], plan) : result;
      };
    },
  });
}
