import { join } from 'node:path';
import { ensureJars, type InstallOptions, type JarBundle, type Jars } from './jars.ts';

export const KAFKA_VERSION = '4.3.1';

const BUNDLE: JarBundle = {
  folder: `kafka-${KAFKA_VERSION}`,
  title: `Kafka ${KAFKA_VERSION}`,
  pom: join(import.meta.dirname, '..', 'kafka', 'pom.xml'),
  megabytes: 45,
};

export function ensureKafkaJars(options: InstallOptions = {}): Promise<Jars> {
  return ensureJars(BUNDLE, options);
}
