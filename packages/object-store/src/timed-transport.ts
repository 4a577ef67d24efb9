import * as http from 'node:http';
import * as https from 'node:https';

interface Transport {
  request: typeof http.request;
}

/** Ends a request on whose connection nothing has moved for so long: the driver itself would wait for ever. */
export function timedTransport(secure: boolean, idleMs: number): Transport {
  const request = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const sent = (secure ? https : http).request({ ...options, timeout: idleMs }, onResponse);
    sent.on('timeout', () => {
      sent.destroy(new Error(`the request timed out after ${idleMs} ms without a byte`));
    });
    return sent;
  };
  return { request: request as typeof http.request };
}
