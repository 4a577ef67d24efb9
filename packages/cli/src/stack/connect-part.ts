import { join } from 'node:path';
import { CONNECT_SECRET_PREFIX, startConnect } from '@ebb/local-stack';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import type { Part, PartContext } from './part.ts';

/** What the connector's settings say in place of the password: the settings are stored in Kafka. */
const PASSWORD_VARIABLE = `${CONNECT_SECRET_PREFIX}POSTGRES`;
const PASSWORD_REFERENCE = `\${env:${PASSWORD_VARIABLE}}`;

/**
 * Started and stopped with the services, though it is a server: it needs Kafka from its first moment, and while it
 * stops it still writes there.
 */
export const connect: Part = {
  name: 'connect',
  level: 'service',
  port: 'connect',
  start: (context, port) =>
    startConnect({
      dataDir: join(context.home.root, 'connect'),
      port,
      kafkaBrokers: `127.0.0.1:${serverPort(context, 'connect', 'kafka')}`,
      logFile: logFileOf(context.home, 'connect'),
      owner: context.home.root,
      secrets: { [PASSWORD_VARIABLE]: context.secrets.rolePasswords.ebb_connector },
      onProgress: context.progress,
      signal: context.signal,
    }),
};

/** How the service that looks after the connector reaches Connect, and Connect the database. */
export function connectSettings(context: PartContext): Record<string, string> {
  return {
    EBB_CONNECT_URL: `http://127.0.0.1:${serverPort(context, 'cdc-connector', 'connect')}`,
    EBB_CDC_DATABASE_PORT: String(serverPort(context, 'connect', 'postgres')),
    EBB_CDC_DATABASE_LOGIN: PASSWORD_REFERENCE,
  };
}
