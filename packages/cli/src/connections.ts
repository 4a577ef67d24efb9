import { kafkaOptions, loadConfig, postgresOptions, saslRule } from '@ebb/config';
import { createKafka, type KafkaHandle, kafkaOptionsFrom } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { CommandContext } from './context.ts';
import { runningKafka, withAdminPool } from './stack/connection.ts';

const CLIENT = 'ebb-cli';

/** Calls `fn` with the database of the running stack, or the one that EBB_POSTGRES_URL (or …_FILE) names. */
export async function withDatabase<T>({ env, home }: CommandContext, fn: (pool: Pool) => Promise<T>): Promise<T> {
  if (!env['EBB_POSTGRES_URL'] && !env['EBB_POSTGRES_URL_FILE']) return withAdminPool(home, fn);
  const { postgresUrl } = loadConfig(postgresOptions, env);
  const pool = createPool({ url: postgresUrl, applicationName: CLIENT, max: 2 });
  try {
    return await fn(pool);
  } finally {
    await pool.end();
  }
}

/** The broker of the running stack, or the ones that EBB_KAFKA_BROKERS names. */
export async function openKafka({ env, home }: CommandContext): Promise<KafkaHandle> {
  if (!env['EBB_KAFKA_BROKERS']) {
    return createKafka({ brokers: [(await runningKafka(home)).brokers], clientId: CLIENT });
  }
  return createKafka(kafkaOptionsFrom(loadConfig(kafkaOptions, env, [saslRule]), CLIENT));
}
