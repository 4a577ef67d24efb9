import { commonOptions, envInteger, envText, option, portOption } from '@ebb/config';
import { z } from 'zod';
import { userSchema } from './users.ts';

const users = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(userSchema).min(1));

export const embeddedOptions = {
  host: commonOptions.host,
  port: portOption('EBB_CLICKHOUSE_PORT', 8123, 'port of the HTTP interface'),
  dataDir: option('EBB_CLICKHOUSE_DATA_DIR', envText(), {
    description: 'folder of all data; made when it is not there',
  }),
  users: option('EBB_CLICKHOUSE_USERS', users, {
    description: 'JSON: [{"name", "password", "readonly", "grants"}]',
    secret: true,
  }),
  memoryMb: option('EBB_CLICKHOUSE_MEMORY_MB', envInteger({ min: 300 }), {
    description: 'memory of the whole process beyond which queries are refused',
    default: '900',
  }),
  maxBodyMb: option('EBB_CLICKHOUSE_MAX_BODY_MB', envInteger({ min: 1 }), {
    description: 'largest request body',
    default: '1024',
  }),
  /** Queries run on threads of Node's pool, whose default of four would let four run at once. */
  threads: option('UV_THREADPOOL_SIZE', envInteger({ min: 16, max: 1024 }), {
    description: 'threads of Node; must be 16 or more, 32 is right',
  }),
};
