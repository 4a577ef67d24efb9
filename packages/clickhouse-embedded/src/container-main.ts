import { envText, loadConfig, option } from '@ebb/config';
import { runMain } from '@ebb/runtime';
import { embeddedOptions } from './config.ts';
import { serve } from './serve.ts';
import { readServerFiles } from './server-files.ts';

/** Of a container: configured by the files and the variable that the official image is configured by. */
const options = {
  config: option('CLICKHOUSE_CONFIG', envText(), {
    description: 'config.xml of the server',
    default: '/etc/clickhouse-server/config.xml',
  }),
  maxBodyMb: embeddedOptions.maxBodyMb,
  threads: embeddedOptions.threads,
};

const DEFAULT_MEMORY_MB = 900;

await runMain({
  name: 'clickhouse',
  build: (context) => {
    const config = loadConfig(options, context.env);
    const files = readServerFiles(config.config);
    return serve({ ...config, ...files, memoryMb: files.memoryMb ?? DEFAULT_MEMORY_MB }, context);
  },
});
