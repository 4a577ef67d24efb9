import { describe, expect, test } from 'vitest';
import { Signal } from './signal.ts';

describe('Signal', () => {
  test('a wake-up nobody waited for is kept, once; waiting ends by itself', async () => {
    const signal = new Signal();
    signal.set();
    await signal.wait(60_000);
    const startedAt = performance.now();
    await signal.wait(20);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(15);
  });
});
