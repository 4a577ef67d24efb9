import { once } from 'node:events';
import type { Server } from 'node:net';
import type { MainContext, Service } from '@ebb/runtime';
import { MailBox } from './mail-box.ts';
import { createMailPages } from './mail-pages.ts';
import { createSmtpServer } from './smtp-server.ts';

export interface ServeOptions {
  host: string;
  smtpPort: number;
  port: number;
  dataDir: string;
}

/** Takes every mail there is, for whomever it is, and shows it; none ever leaves this machine. */
export async function serve(options: ServeOptions, { logger, releasers }: MainContext): Promise<Service> {
  const box = new MailBox(options.dataDir);
  const pages = createMailPages(box);
  const smtp = createSmtpServer((raw) => {
    const mail = box.add(raw);
    logger.info({ event: 'mail', id: mail.id, subject: mail.subject });
  });
  await listen(smtp, options.smtpPort, options.host);
  releasers.add('smtp', () => close(smtp));
  await listen(pages, options.port, options.host);
  releasers.add('http', () => {
    pages.closeAllConnections();
    return close(pages);
  });
  logger.info({ event: 'listening', host: options.host, smtpPort: options.smtpPort, port: options.port });
  const ended = Promise.withResolvers<void>();
  return {
    run: () => ended.promise,
    stop: () => {
      ended.resolve();
      return Promise.resolve();
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** Does not wait for clients that keep their connection. */
function close(server: Server): Promise<void> {
  server.close();
  return Promise.resolve();
}
