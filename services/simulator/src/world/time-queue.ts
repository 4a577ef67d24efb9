/** Items by time, earliest first (a binary heap over two parallel arrays, since millions pass through it). */
export class TimeQueue<T> {
  readonly #times: number[] = [];
  readonly #items: T[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** Time of the earliest item; +∞ when empty. */
  nextTime(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(time: number, item: T): void {
    const times = this.#times;
    const items = this.#items;
    let at = times.length;
    times.push(time);
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[at] = parentTime;
      items[at] = items[parent] as T;
      at = parent;
    }
    times[at] = time;
    items[at] = item;
  }

  /** Removes the earliest item; only when `size` > 0. */
  pop(): T {
    const first = this.#items[0] as T;
    const time = this.#times.pop() as number;
    const item = this.#items.pop() as T;
    if (this.#times.length > 0) this.#sink(time, item);
    return first;
  }

  #sink(time: number, item: T): void {
    const times = this.#times;
    const items = this.#items;
    const size = times.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child += 1;
      const childTime = times[child] as number;
      if (childTime >= time) break;
      times[at] = childTime;
      items[at] = items[child] as T;
      at = child;
    }
    times[at] = time;
    items[at] = item;
  }
}
