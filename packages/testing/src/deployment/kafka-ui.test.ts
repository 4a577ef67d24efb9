import { expect, it } from 'vitest';
import { type ComposeService, dependenciesOf, environmentOf, parseCompose } from './compose-file.ts';
import { readRepositoryFile } from './repository.ts';

const { services } = parseCompose(await readRepositoryFile('docker-compose.yml'));

/** It shows every message to whoever reaches it, so it must be asked for, and change nothing. */
function problemsOf(service: ComposeService): string[] {
  const settings = new Map(environmentOf(service));
  const clusters = [...settings.keys()].flatMap((name) => /^KAFKA_CLUSTERS_\d+/.exec(name)?.[0] ?? []);
  return [
    ...(service.profiles?.join() === 'kafka-ui' ? [] : ['comes up without being asked for']),
    ...(service.image?.startsWith('ghcr.io/kafbat/kafka-ui:v') === true ? [] : ['is not the one that is maintained']),
    ...[...new Set(clusters)]
      .filter((cluster) => settings.get(`${cluster}_READONLY`) !== 'true')
      .map((cluster) => `${cluster} can be written`),
    ...(clusters.length > 0 ? [] : ['has no cluster']),
    ...(settings.get('DYNAMIC_CONFIG_ENABLED') === 'false' ? [] : ['takes other clusters from the browser']),
    ...(settings.get('GITHUB_RELEASE_INFO_ENABLED') === 'false' ? [] : ['asks a server elsewhere']),
    ...((service.volumes ?? []).length === 0 ? [] : ['keeps or reads files']),
  ];
}

function kafkaUi(): ComposeService {
  return structuredClone(services['kafka-ui'] ?? {});
}

it('is there to look at Kafka, when asked for, and changes nothing', () => {
  expect(problemsOf(kafkaUi())).toEqual([]);
  expect(environmentOf(kafkaUi())).toContainEqual(['KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS', 'kafka:9092']);
  expect(dependenciesOf(kafkaUi()).get('kafka')).toBe('service_healthy');
});

it.each<[string, ComposeService]>([
  ['comes up without being asked for', { profiles: [] }],
  ['is not the one that is maintained', { image: 'provectuslabs/kafka-ui:v0.7.2' }],
  ['KAFKA_CLUSTERS_0 can be written', { environment: { KAFKA_CLUSTERS_0_NAME: 'ebb' } }],
  ['KAFKA_CLUSTERS_1 can be written', { environment: { KAFKA_CLUSTERS_1_NAME: 'other' } }],
  ['has no cluster', { environment: {} }],
  ['takes other clusters from the browser', { environment: { DYNAMIC_CONFIG_ENABLED: 'true' } }],
  ['asks a server elsewhere', { environment: {} }],
  ['keeps or reads files', { volumes: ['secrets:/run/ebb/secrets:ro'] }],
])('would be noticed: it %s', (problem, change) => {
  expect(problemsOf({ ...kafkaUi(), ...change })).toContain(problem);
});

it('nothing waits for it', () => {
  expect(Object.values(services).filter((service) => dependenciesOf(service).has('kafka-ui'))).toEqual([]);
});
