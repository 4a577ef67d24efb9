import { loadConfig } from '@ebb/config';
import { runMain } from '@ebb/runtime';
import { mailCatcherOptions } from './config.ts';
import { serve } from './serve.ts';

await runMain({
  name: 'mail',
  build: (context) => serve(loadConfig(mailCatcherOptions, context.env), context),
});
