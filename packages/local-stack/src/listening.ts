import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** State LISTEN in /proc/net/tcp. */
const LISTEN = '0A';

/**
 * Whether this process listens on the port; null where the system does not tell (only Linux does, and only about
 * processes of the same user).
 */
export function listensOn(pid: number, port: number): boolean | null {
  try {
    const sockets = new Set([...listeningInodes('/proc/net/tcp', port), ...listeningInodes('/proc/net/tcp6', port)]);
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => sockets.has(linkTarget(join(folder, fd))));
  } catch {
    return null;
  }
}

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync(table, 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const fields = row.trim().split(/\s+/);
    const isListening = fields[1]?.endsWith(suffix) === true && fields[3] === LISTEN;
    return isListening ? [`socket:[${fields[9] ?? ''}]`] : [];
  });
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
