/** The service on topics given as arguments: website, purchase, dead letters. Otherwise as src/main.ts. */
import { runMain } from '@ebb/runtime';
import { createAggregator, loadAggregatorConfig } from '../src/index.ts';

const [website = '', purchase = '', deadLetters = ''] = process.argv.slice(2);

await runMain({
  name: 'stream-aggregator',
  build: ({ logger, metrics, env, releasers }) =>
    createAggregator(loadAggregatorConfig(env), {
      logger,
      metrics,
      releasers,
      nowMs: () => Date.now(),
      topics: { website, purchase, dead_letters: deadLetters },
    }),
});
