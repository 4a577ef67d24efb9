import { commonOptions, envText, option, portOption } from '@ebb/config';

export const mailCatcherOptions = {
  host: commonOptions.host,
  smtpPort: portOption('EBB_MAIL_SMTP_PORT', 1025, 'port on which mail comes in'),
  port: portOption('EBB_MAIL_PORT', 8025, 'port of the page and the API'),
  dataDir: option('EBB_MAIL_DATA_DIR', envText(), { description: 'folder of the mails; made when it is not there' }),
};
