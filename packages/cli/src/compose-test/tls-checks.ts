import type { X509Certificate } from 'node:crypto';
import { get } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

interface Answer {
  status: number;
  type: string;
  certificate: X509Certificate;
}

/** The profile `tls` brings the dashboard over TLS, by a certificate of this machine; it goes again afterwards. */
export async function checkTls(project: ComposeProject): Promise<string> {
  // Alone: what it depends on runs already.
  await project.compose(['--profile', 'tls', 'up', '--wait', '--no-deps', '--no-build', '--pull', project.pull, 'tls']);
  try {
    const { status, type, certificate } = await ask(project.ports.TLS);
    ensureNone([
      ...(status === 200 && type.includes('text/html') ? [] : [`over TLS the dashboard answers ${status} ${type}`]),
      ...(certificate.checkIP('127.0.0.1') === undefined ? ['the certificate is not of this machine'] : []),
    ]);
    return `the dashboard over TLS, certificate until ${certificate.validTo}`;
  } finally {
    await project.compose(['--profile', 'tls', 'rm', '--stop', '--force', 'tls']);
  }
}

function ask(port: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Nobody vouches for it; whose it is, is looked at.
    const request = get({ host: '127.0.0.1', port, path: '/', rejectUnauthorized: false }, (response) => {
      const certificate = (response.socket as TLSSocket).getPeerX509Certificate();
      response.resume();
      if (certificate === undefined) return reject(new Error('the proxy showed no certificate'));
      return resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        certificate,
      });
    });
    request.on('error', reject);
  });
}
