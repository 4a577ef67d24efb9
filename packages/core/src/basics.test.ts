import { describe, expect, it } from 'vitest';
import { minuteStartMs, utcDay } from './clock.ts';
import { EbbError, errorMessage, isEbbError } from './errors.ts';
import { backoffMs, retry } from './retry.ts';
import { sleep } from './sleep.ts';
import { uuidV5, uuidV7 } from './uuid.ts';

const POLICY = { attempts: 3, initialDelayMs: 1, maxDelayMs: 4, jitter: 0 };

describe('retry', () => {
  it('repeats until success and tells each attempt', async () => {
    const attempts: number[] = [];
    const value = await retry(async (attempt) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
      return 'done';
    }, POLICY);
    expect(value).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('gives the last error when the attempts are used up', async () => {
    await expect(retry(async (attempt) => Promise.reject(new Error(`no ${attempt}`)), POLICY)).rejects.toThrow('no 3');
  });

  it('fails at once for an error that is not retryable', async () => {
    let calls = 0;
    const failing = retry(
      async () => {
        calls += 1;
        throw new EbbError('BAD', 'bad');
      },
      POLICY,
      { isRetryable: (error) => !isEbbError(error, 'BAD') },
    );
    await expect(failing).rejects.toThrow('bad');
    expect(calls).toBe(1);
  });

  it('stops waiting when the signal aborts', async () => {
    const controller = new AbortController();
    const failing = retry(
      async () => Promise.reject(new Error('down')),
      { ...POLICY, initialDelayMs: 60_000, maxDelayMs: 60_000 },
      {
        signal: controller.signal,
        onRetry: () => controller.abort(),
      },
    );
    await expect(failing).rejects.toThrow('down');
  });

  it('grows the delay by powers of two, capped, with bounded jitter', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, POLICY))).toEqual([1, 2, 4, 4]);
    expect(backoffMs(1, { ...POLICY, initialDelayMs: 100, maxDelayMs: 100, jitter: 0.2 }, () => 0)).toBeCloseTo(80);
    expect(backoffMs(1, { ...POLICY, initialDelayMs: 100, maxDelayMs: 100, jitter: 0.2 }, () => 1)).toBeCloseTo(120);
  });
});

describe('sleep', () => {
  it('returns at once when already aborted', async () => {
    await expect(sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  });
});

describe('errors', () => {
  it('prints the chain of causes', () => {
    const error = new EbbError('OUTER', 'outer failed', { cause: new Error('inner') });
    expect(errorMessage(error)).toBe('outer failed (cause: inner)');
    expect(isEbbError(error, 'OUTER')).toBe(true);
    expect(isEbbError(error, 'OTHER')).toBe(false);
  });
});

describe('clock', () => {
  it('cuts instants into UTC days and minutes, before 1970 too', () => {
    expect(utcDay(Date.parse('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
    expect(utcDay(-1)).toBe('1969-12-31');
    expect(minuteStartMs(-1)).toBe(-60_000);
    expect(minuteStartMs(119_999)).toBe(60_000);
  });
});

describe('uuid', () => {
  it('derives version 5 ids as RFC 9562, appendix A.4', () => {
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('makes version 7 ids that sort by time', () => {
    let state = 1;
    const next = (): number => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const ids = [1, 2, 1_700_000_000_000].map((timeMs) => uuidV7(timeMs, next));
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
