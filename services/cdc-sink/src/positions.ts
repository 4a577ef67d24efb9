import type { Bounds } from '@ebb/kafka';

/**
 * Why reading cannot go on from the stored position; null when it can. Without any stored position the log's start is
 * right: nothing of the partition was ever stored.
 */
export function alarmOf(nextOffset: number | undefined, { low, high }: Bounds): string | null {
  if (nextOffset === undefined) return null;
  if (low > nextOffset)
    return `the log starts at ${low}, after the stored position ${nextOffset}: messages were deleted unread`;
  if (high < nextOffset) return `the log ends at ${high}, before the stored position ${nextOffset}: it is another one`;
  return null;
}
