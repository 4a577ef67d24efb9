import { describe, expect, test } from 'vitest';
import { StallWatch } from './stall-watch.ts';

describe('StallWatch', () => {
  const partition = (next: number, lag: number) => ({ topic: 't', partition: 0, next, lag });

  test('a partition that waits and does not move is stalled after the time', () => {
    const watch = new StallWatch(1_000);
    expect(watch.check([partition(5, 10)], 0)).toEqual([]);
    expect(watch.check([partition(5, 12)], 999)).toEqual([]);
    expect(watch.check([partition(5, 12)], 1_000)).toHaveLength(1);
  });

  test('moving, having nothing to do, leaving and a known outage start the time anew', () => {
    const watch = new StallWatch(1_000);
    watch.check([partition(5, 10)], 0);
    expect(watch.check([partition(6, 10)], 1_500)).toEqual([]);
    expect(watch.check([partition(6, 0)], 3_000)).toEqual([]);
    expect(watch.check([partition(6, 4)], 3_500)).toEqual([]);
    watch.check([], 4_000);
    expect(watch.check([partition(6, 4)], 9_000)).toEqual([]);
    watch.reset();
    expect(watch.check([partition(6, 4)], 19_000)).toEqual([]);
    expect(watch.check([partition(6, 4)], 20_000)).toHaveLength(1);
  });

  test('a partition that is held up by others has the whole time again once it is not', () => {
    const watch = new StallWatch(1_000);
    const held = { ...partition(5, 10), isHeld: true };
    watch.check([partition(5, 10)], 0);
    expect(watch.check([held], 5_000)).toEqual([]);
    expect(watch.check([partition(5, 10)], 5_999)).toEqual([]);
    expect(watch.check([partition(5, 10)], 6_000)).toHaveLength(1);
  });
});
