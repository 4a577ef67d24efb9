import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EbbError, errorMessage } from '@ebb/core';
import { isPair, pem } from './certificate.ts';
import type { ContainerErrorCode } from './errors.ts';

export interface TlsPair {
  /** Both as PEM. */
  certificate: string;
  key: string;
}

export const TLS_PORT = 8443;

/** What the proxy reads: one server, in front of the dashboard. It writes nothing but its log and a few files in /tmp. */
export function nginxConfig(directory: string, dashboardAddress: string): string {
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  client_max_body_size 64k;
  # Asked for each time: after a restart the dashboard may have another address.
  resolver 127.0.0.11 valid=5s ipv6=off;
  server {
    listen ${TLS_PORT} ssl;
    ssl_certificate ${join(directory, 'tls.crt')};
    ssl_certificate_key ${join(directory, 'tls.key')};
    ssl_protocols TLSv1.2 TLSv1.3;
    add_header strict-transport-security 'max-age=31536000' always;
    location / {
      set $dashboard http://${dashboardAddress};
      proxy_pass $dashboard;
      proxy_http_version 1.1;
      proxy_set_header host $http_host;
      proxy_set_header x-forwarded-for $remote_addr;
      proxy_set_header x-forwarded-proto https;
      proxy_set_header connection '';
      # Live figures come as one long answer.
      proxy_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`;
}

/** The pair that a person put there; null where there is none. Raises TLS_FILES_INVALID for one that cannot be used. */
export async function ownPair(directory: string): Promise<TlsPair | null> {
  if (directory === '') return null;
  const read = (name: string): Promise<string | null> => readFile(join(directory, name), 'utf8').catch(() => null);
  const [certificate, key] = [await read('tls.crt'), await read('tls.key')];
  if (certificate === null && key === null) return null;
  if (certificate === null || key === null) throw invalid('tls.crt and tls.key must both be there');
  try {
    if (isPair(key, new X509Certificate(certificate))) return { certificate, key };
  } catch (error) {
    throw invalid(errorMessage(error));
  }
  throw invalid('tls.key is not the key of tls.crt');
}

export function generatedPair(key: string, certificate: string): TlsPair {
  return {
    key: pem('PRIVATE KEY', Buffer.from(key, 'base64url')),
    certificate: pem('CERTIFICATE', Buffer.from(certificate, 'base64url')),
  };
}

function invalid(reason: string): EbbError<ContainerErrorCode> {
  return new EbbError<ContainerErrorCode>('TLS_FILES_INVALID', `the certificate in the volume "tls": ${reason}`);
}
