import { customerId } from '../world/customer-traits.ts';

const LINES_PER_CHUNK = 10_000;

/**
 * The list of customers that every generator shares, as NDJSON `{"user_id":…}`: the first `count` ids of the seed.
 * A longer list begins with the shorter one.
 */
export function* masterIdChunks(seed: string, count: number): Generator<string> {
  for (let from = 0; from < count; from += LINES_PER_CHUNK) {
    const to = Math.min(from + LINES_PER_CHUNK, count);
    let text = '';
    for (let index = from; index < to; index += 1) text += `{"user_id":"${customerId(seed, index)}"}\n`;
    yield text;
  }
}
