/** The service on topics given as arguments: website, dead letters, prefix of captured ones. Otherwise as src/main.ts; a process to be killed. */
import { runMain } from '@ebb/runtime';
import { createCapturedTables } from '../captured/index.ts';
import { createSink, loadSinkConfig } from '../index.ts';

const [website = '', deadLetters = '', capturedPrefix = ''] = process.argv.slice(2);

await runMain({
  name: 'cdc-sink',
  build: ({ logger, metrics, env, releasers }) =>
    Promise.resolve(
      createSink(loadSinkConfig(env), {
        logger,
        metrics,
        releasers,
        nowMs: () => Date.now(),
        topics: { website, deadLetters, capturedPrefix },
        createTables: createCapturedTables,
      }),
    ),
});
