import { connect } from 'node:net';

export interface RawOutcome {
  /** Statuses of the answers on this connection, in order; empty when it was closed without one. */
  statuses: number[];
  text: string;
}

/**
 * Bytes as they are on a connection of their own, and everything that comes back until it is closed. `halfClose` ends
 * our side after the last byte, as a client that dies in the middle does.
 */
export function rawRequest(
  url: string,
  bytes: string | Buffer,
  options: { halfClose?: boolean } = {},
): Promise<RawOutcome> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: false });
    const finish = (): void => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)), text });
    };
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', finish);
    socket.write(bytes, () => {
      if (options.halfClose === true) socket.end();
    });
  });
}
