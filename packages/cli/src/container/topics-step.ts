import { envInteger, kafkaOptions, loadConfig, option, saslRule } from '@ebb/config';
import { topicDefinitions } from '@ebb/contracts';
import { createKafka, ensureTopics, kafkaOptionsFrom } from '@ebb/kafka';
import type { Step } from './step.ts';

const options = {
  ...kafkaOptions,
  partitions: option('EBB_TOPIC_PARTITIONS', envInteger({ min: 1, max: 1_000 }), {
    description: 'partitions of each topic of events',
    default: '6',
  }),
  retentionDays: option('EBB_TOPIC_RETENTION_DAYS', envInteger({ min: 1, max: 3_650 }), {
    description: 'days a topic keeps its events',
    default: '7',
  }),
  replicationFactor: option('EBB_TOPIC_REPLICATION', envInteger({ min: 1, max: 15 }), {
    description: 'copies of each partition',
    default: '1',
  }),
};

export const topicsStep: Step = async (env, print) => {
  const config = loadConfig(options, env, [saslRule]);
  const kafka = createKafka(kafkaOptionsFrom(config, 'ebb-topics'));
  const outcome = await ensureTopics(kafka, topicDefinitions(config));
  for (const [what, names] of Object.entries(outcome)) {
    if (names.length > 0) print(`topics: ${what} ${names.join(', ')}`);
  }
};
