import { describe, expect, it } from 'vitest';
import { commandText, type ComposeFile, type ComposeService, parseCompose } from './compose-file.ts';
import { composeRules } from './compose-rules.ts';
import { readRepositoryFile } from './repository.ts';

const text = await readRepositoryFile('docker-compose.yml');

function firstSegments(): string {
  return commandText(parseCompose(text).services['first-segments'] ?? {});
}

type RuleName = keyof typeof composeRules;
type Change = (file: ComposeFile, service: (name: string) => ComposeService) => void;

/** For each rule, changes to the real file that it must notice. */
const violations: Record<RuleName, [what: string, change: Change][]> = {
  pinnedImages: [
    ['latest', (_, service) => (service('postgres').image = 'postgres:latest')],
    ['no tag', (_, service) => (service('kafka').image = 'apache/kafka')],
    ['no image', (_, service) => delete service('collector').image],
  ],
  loopbackPorts: [
    ['every address', (_, service) => (service('collector').ports = ['${EBB_COLLECTOR_PORT:-8090}:8090'])],
    [
      'an address by default',
      (_, service) =>
        (service('dashboard').ports = ['${EBB_DASHBOARD_BIND:-0.0.0.0}:${EBB_DASHBOARD_PORT:-3000}:3000']),
    ],
    ['an address that it does not know of', (_, service) => (service('dashboard').environment = {})],
    ['fixed port', (_, service) => (service('collector').ports = ['127.0.0.1:8090:8090'])],
    ['long notation', (_, service) => (service('collector').ports = [{ target: 8090, published: 8090 }])],
  ],
  distinctPorts: [['twice', (_, service) => (service('dashboard').ports = service('collector').ports ?? [])]],
  healthChecks: [
    ['none', (_, service) => delete service('dashboard').healthcheck],
    ['disabled', (_, service) => (service('kafka').healthcheck = { test: 'true', disable: true })],
  ],
  dependencyConditions: [
    ['short notation', (_, service) => (service('collector').depends_on = ['postgres'])],
    ['only started', (_, service) => (service('migrate').depends_on = { postgres: { condition: 'service_started' } })],
    [
      'health of a step',
      (_, service) => (service('topics').depends_on = { migrate: { condition: 'service_healthy' } }),
    ],
    ['unknown', (_, service) => (service('topics').depends_on = { nothing: { condition: 'service_healthy' } })],
  ],
  setUpOrder: [
    ['no migration before the topics', (_, service) => delete service('topics').depends_on],
    ['no such step', (file) => delete file.services['write-key']],
  ],
  restartPolicies: [
    ['none', (_, service) => delete service('aggregator').restart],
    ['always', (_, service) => (service('aggregator').restart = 'always')],
  ],
  waitable: [
    ['a last step', (_, service) => (service('urls').restart = 'no')],
    ['a service that ends', (_, service) => (service('simulator').command = ['sh', '-c', 'echo off && exit 0'])],
  ],
  nonRootUsers: [
    ['none', (_, service) => delete service('collector').user],
    ['root', (_, service) => (service('postgres').user = '0:0')],
    ['root group', (_, service) => (service('collector').user = '10001:0')],
    ['root with a network', (_, service) => delete service('secrets').network_mode],
  ],
  droppedCapabilities: [
    ['none dropped', (_, service) => delete service('kafka').cap_drop],
    ['one taken back', (_, service) => (service('collector').cap_add = ['NET_RAW'])],
    ['more than giving away', (_, service) => (service('secrets').cap_add = ['CHOWN', 'SYS_ADMIN'])],
  ],
  noNewPrivileges: [['not said', (_, service) => delete service('postgres').security_opt]],
  notPrivileged: [
    ['privileged', (_, service) => (service('kafka').privileged = true)],
    ['host network', (_, service) => (service('collector').network_mode = 'host')],
    ['host processes', (_, service) => (service('collector').pid = 'host')],
  ],
  readOnlyRoots: [['writable', (_, service) => (service('dashboard').read_only = false)]],
  memoryLimits: [['none', (_, service) => delete service('aggregator').mem_limit]],
  memoryTotal: [['a gigabyte more', (_, service) => (service('kafka-ui').mem_limit = '1408m')]],
  tmpfsSizes: [
    ['none', (_, service) => (service('postgres').tmpfs = ['/tmp:uid=999'])],
    ['more than its memory', (_, service) => (service('ledger').tmpfs = '/tmp:size=1g')],
  ],
  groups: [
    ['none', (_, service) => delete service('urls').labels],
    ['unknown', (_, service) => (service('urls').labels = { 'org.ebb.group': 'rest' })],
    ['of a step', (_, service) => (service('seed').labels = { 'org.ebb.group': 'batch' })],
    ['no server to read', (_, service) => delete service('dashboard').depends_on],
  ],
  boundedLogs: [['unbounded', (_, service) => delete service('aggregator').logging]],
  namedVolumes: [
    ['engine socket', (_, service) => (service('dashboard').volumes = ['/var/run/docker.sock:/var/run/docker.sock'])],
    ['host folder', (_, service) => (service('postgres').volumes = ['./data:/var/lib/postgresql'])],
    ['long notation', (_, service) => (service('kafka').volumes = [{ type: 'bind', source: '/srv' }])],
  ],
  noPlainSecrets: [
    ['password', (_, service) => (service('postgres').environment = { POSTGRES_PASSWORD: 'postgres' })],
    ['default of a variable', (_, service) => (service('postgres').environment = ['DB_PASSWORD=${EBB_PW:-change-me}'])],
    ['URL', (_, service) => (service('collector').environment = { DATABASE: 'postgresql://ebb:ebb@postgres/ebb' })],
    ['command line', (_, service) => (service('seed').command = ['psql', 'postgresql://ebb:ebb@postgres/ebb'])],
  ],
  secretOwners: [
    ['other user', (_, service) => (service('collector').user = '10002:10002')],
    ['unknown reader', (_, service) => (service('collector').environment = { X: '/run/ebb/secrets/nobody/x' })],
  ],
  secretMounts: [
    ['writable', (_, service) => (service('collector').volumes = ['secrets:/run/ebb/secrets'])],
    ['missing', (_, service) => delete service('migrate').volumes],
    ['without need', (_, service) => (service('topics').volumes = ['secrets:/run/ebb/secrets:ro'])],
  ],
  demoSwitch: [
    ['always on', (_, service) => (service('seed').command = ['node', 'seed.ts'])],
    ['off by default', (_, service) => (service('simulator').environment = { EBB_DEMO: '${EBB_DEMO:-off}' })],
    ['no traffic', (file) => delete file.services['simulator']],
  ],
  firstRuns: [
    ['no risks', (_, service) => (service('first-segments').command = firstSegments().replace('churn_scores', 'clv'))],
    [
      'twice',
      (_, service) => (service('first-segments').command = firstSegments().replaceAll('--unless-published', '')),
    ],
    ['no step', (file) => delete file.services['first-segments']],
  ],
  variablesHaveDefaults: [
    ['none', (_, service) => (service('collector').environment = { EBB_LOG_LEVEL: '${EBB_LOG_LEVEL}' })],
    ['short notation', (_, service) => (service('collector').command = 'node $MAIN')],
    ['required', (_, service) => (service('collector').environment = { X: '${EBB_X:?must be set}' })],
  ],
};

const cases = Object.entries(violations).flatMap(([rule, changes]) =>
  changes.map(([what, change]) => ({ rule: rule as RuleName, what, change })),
);

describe('docker-compose.yml', () => {
  it.each(Object.keys(composeRules) as RuleName[])('keeps the rule %s', (rule) => {
    expect(composeRules[rule](parseCompose(text))).toEqual([]);
  });

  it.each(cases)('would break the rule $rule by: $what', ({ rule, change }) => {
    const file = parseCompose(text);
    change(file, (name) => {
      const service = file.services[name];
      if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
      return service;
    });
    expect(composeRules[rule](file)).not.toEqual([]);
  });
});
