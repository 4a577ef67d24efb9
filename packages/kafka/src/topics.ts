import { EbbError, errorMessage, retry } from '@ebb/core';
import type { Admin } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import type { KafkaErrorCode } from './errors.ts';
import { ConfigResourceTypes } from './kafkajs.ts';

export interface TopicDefinition {
  name: string;
  partitions: number;
  replicationFactor: number;
  config: Record<string, string>;
}

export interface TopicsOutcome {
  created: string[];
  /** Present before, brought to the wanted configuration. */
  updated: string[];
  existing: string[];
}

/** About 15 s in all. */
const LEADER_WAIT = { attempts: 40, initialDelayMs: 20, maxDelayMs: 500 };

/**
 * Creates what is missing, sets configuration that differs and adds partitions that are missing; safe to repeat and to
 * run twice at once. Raises TOPIC_MISMATCH where a topic has more partitions than wanted: they cannot be removed.
 */
export async function ensureTopics(kafka: KafkaHandle, definitions: TopicDefinition[]): Promise<TopicsOutcome> {
  return withAdmin(kafka, async (admin) => {
    const names = new Set(await admin.listTopics());
    const outcome: TopicsOutcome = { created: [], updated: [], existing: [] };
    for (const definition of definitions) {
      if (!names.has(definition.name) && (await createTopic(admin, definition))) outcome.created.push(definition.name);
      else if (await alignTopic(admin, definition)) outcome.updated.push(definition.name);
      else outcome.existing.push(definition.name);
    }
    return outcome;
  });
}

async function createTopic(admin: Admin, definition: TopicDefinition): Promise<boolean> {
  try {
    const isNew = await admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: definition.name,
          numPartitions: definition.partitions,
          replicationFactor: definition.replicationFactor,
          configEntries: Object.entries(definition.config).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    if (isNew) await retry(() => hasLeaders(admin, definition), LEADER_WAIT);
    return isNew;
  } catch (error) {
    throw new EbbError<KafkaErrorCode>('TOPIC_FAILED', `creating topic ${definition.name}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/**
 * The client's own waiting for leaders fails on a busy broker, which may not know the new topic yet when it is asked.
 */
async function hasLeaders(admin: Admin, definition: TopicDefinition): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [definition.name] });
  const led = (topics[0]?.partitions ?? []).filter((partition) => partition.leader >= 0);
  if (led.length < definition.partitions) {
    throw new EbbError<KafkaErrorCode>(
      'TOPIC_FAILED',
      `${led.length} of ${definition.partitions} partitions have a leader`,
    );
  }
}

async function alignTopic(admin: Admin, definition: TopicDefinition): Promise<boolean> {
  const grown = await alignPartitions(admin, definition);
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type, name: definition.name, configNames: Object.keys(definition.config) }],
  });
  const current = new Map((resources[0]?.configEntries ?? []).map((entry) => [entry.configName, entry.configValue]));
  const wanted = Object.entries(definition.config);
  if (wanted.every(([name, value]) => current.get(name) === value)) return grown;
  const configEntries = wanted.map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: definition.name, configEntries }] });
  return true;
}

async function alignPartitions(admin: Admin, definition: TopicDefinition): Promise<boolean> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [definition.name] });
  const count = topics[0]?.partitions.length ?? 0;
  if (count > definition.partitions) {
    throw new EbbError<KafkaErrorCode>(
      'TOPIC_MISMATCH',
      `topic ${definition.name} has ${count} partitions, ${definition.partitions} are configured; set EBB_TOPIC_PARTITIONS=${count}`,
    );
  }
  if (count === definition.partitions) return false;
  await admin.createPartitions({ topicPartitions: [{ topic: definition.name, count: definition.partitions }] });
  return true;
}

export interface PartitionOffsets {
  partition: number;
  /** First offset still held. */
  low: bigint;
  /** Offset of the next message. */
  high: bigint;
}

/** Offsets of every partition, by partition number; empty where the topic does not exist. */
export async function topicOffsets(kafka: KafkaHandle, topic: string): Promise<PartitionOffsets[]> {
  return withAdmin(kafka, async (admin) => {
    // Asked first: for an unknown topic the client would retry for ten seconds before it says so.
    if (!(await admin.listTopics()).includes(topic)) return [];
    const rows = await admin.fetchTopicOffsets(topic);
    return rows
      .map((row) => ({ partition: row.partition, low: BigInt(row.low), high: BigInt(row.high) }))
      .toSorted((a, b) => a.partition - b.partition);
  });
}

export async function deleteTopics(kafka: KafkaHandle, names: string[]): Promise<void> {
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: names }));
}

async function withAdmin<T>(kafka: KafkaHandle, fn: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await fn(admin);
  } finally {
    await admin.disconnect();
  }
}
