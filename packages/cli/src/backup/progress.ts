const EVERY_MS = 5_000;
const MIB = 1024 ** 2;

/** Prints how far a long step has come, every five seconds at most. */
export function byteProgress(
  what: string,
  totalBytes: number,
  { print, nowMs = Date.now }: { print: (line: string) => void; nowMs?: () => number },
): (bytes: number) => void {
  let done = 0;
  let shownMs = nowMs();
  return (bytes) => {
    done += bytes;
    if (nowMs() - shownMs < EVERY_MS) return;
    shownMs = nowMs();
    const share = totalBytes > 0 ? ` (${Math.min(100, Math.round((100 * done) / totalBytes))} %)` : '';
    print(`${what}: ${formatBytes(done)} of ${formatBytes(totalBytes)}${share}`);
  };
}

export function formatBytes(bytes: number): string {
  return bytes >= 1024 * MIB ? `${(bytes / (1024 * MIB)).toFixed(1)} GB` : `${(bytes / MIB).toFixed(1)} MB`;
}
