import { loadConfig } from '@ebb/config';
import { runMain } from '@ebb/runtime';
import { embeddedOptions } from './config.ts';
import { serve } from './serve.ts';

await runMain({
  name: 'clickhouse',
  build: (context) => serve(loadConfig(embeddedOptions, context.env), context),
});
