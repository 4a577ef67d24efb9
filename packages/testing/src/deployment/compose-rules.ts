import {
  commandText,
  type ComposeFile,
  type ComposeService,
  dependenciesOf,
  environmentOf,
  isOneShot,
} from './compose-file.ts';
import { groups } from './compose-groups.ts';
import { memoryLimits, memoryTotal, tmpfsSizes } from './compose-memory.ts';
import { type ComposeRule, eachService } from './compose-rule.ts';

/** `postgres:18` or `${COMPOSE_PROJECT_NAME}-services`, whose tag is the build itself. */
const PINNED_IMAGE = /^(?:[\w./-]+:v?\d[\w.-]*|\$\{COMPOSE_PROJECT_NAME\}-[a-z-]+)$/;
const pinnedImages = eachService((service) =>
  PINNED_IMAGE.test(service.image ?? '') ? null : `image "${service.image ?? ''}" is not pinned by a version tag`,
);

const LOOPBACK_VARIABLE_PORT = /^127\.0\.0\.1:\$\{EBB_[A-Z_]+_PORT:-\d+\}:\d+$/;
const LOOPBACK_BY_DEFAULT = /^\$\{EBB_[A-Z_]+_BIND:-127\.0\.0\.1\}/;
const loopbackPorts = eachService((service, _name, file) =>
  (service.ports ?? [])
    .filter((port) => typeof port !== 'string' || !LOOPBACK_VARIABLE_PORT.test(withKnownAddress(file, port)))
    .map((port) => `port ${JSON.stringify(port)} is not 127.0.0.1:\${EBB_…_PORT:-default}:container`),
);

/** The address may be a variable where the dashboard is told of it, so that it asks for a login beyond loopback. */
function withKnownAddress(file: ComposeFile, port: string): string {
  const address = LOOPBACK_BY_DEFAULT.exec(port)?.[0];
  const isTold = environmentOf(file.services['dashboard'] ?? {}).some(
    ([name, value]) => name === 'EBB_DASHBOARD_PUBLISHED_ON' && value.split(',').includes(address ?? ''),
  );
  return isTold && address !== undefined ? port.replace(address, '127.0.0.1') : port;
}

const distinctPorts: ComposeRule = (file) => {
  const published = Object.values(file.services).flatMap((service) => service.ports ?? []);
  const defaults = published.map((port) => /:-(\d+)\}/.exec(JSON.stringify(port))?.[1]);
  return defaults.filter((port, at) => defaults.indexOf(port) !== at).map((port) => `port ${port} is published twice`);
};

const healthChecks = eachService((service) => {
  if (isOneShot(service)) return null;
  const { healthcheck } = service;
  return healthcheck?.test !== undefined && healthcheck.disable !== true ? null : 'runs on without a health check';
});

/** What a service waits for must say when it is ready: healthy, or ended well. A one-shot can only be waited for to end. */
const dependencyConditions = eachService((service, _name, file) =>
  [...dependenciesOf(service)].flatMap(([other, condition]) => {
    const target = file.services[other];
    if (target === undefined) return [`depends on "${other}", which is not there`];
    const wanted = isOneShot(target) ? 'service_completed_successfully' : 'service_healthy';
    return condition === wanted ? [] : [`waits for ${other} by ${condition}, not ${wanted}`];
  }),
);

/** What each step of the set-up waits for, directly or through others. */
const SET_UP: Readonly<Record<string, readonly string[]>> = {
  migrate: ['secrets'],
  'migrate-clickhouse': ['migrate'],
  'write-key': ['migrate'],
  topics: ['kafka'],
  collector: ['migrate-clickhouse', 'write-key', 'topics'],
  seed: ['collector'],
  urls: ['seed'],
};
const setUpOrder: ComposeRule = (file) =>
  Object.entries(SET_UP).flatMap(([name, needed]) =>
    needed.filter((other) => !waitsFor(file, name, other)).map((other) => `${name}: does not wait for ${other}`),
  );

function waitsFor(file: ComposeFile, name: string, wanted: string, seen = new Set<string>()): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  const service = file.services[name];
  if (service === undefined) return false;
  return [...dependenciesOf(service).keys()].some((next) => next === wanted || waitsFor(file, next, wanted, seen));
}

/** A program that stays up is started again when it dies; a step is not, or its failure would never be seen. */
const restartPolicies = eachService((service) => {
  if (isOneShot(service)) return null;
  return ['unless-stopped', 'on-failure'].includes(service.restart ?? '')
    ? null
    : `restart "${service.restart ?? ''}" is neither unless-stopped, on-failure nor "no"`;
});

/** `docker compose up --wait` fails by a container that ends, however well, unless a service waits for just that. */
const waitable = eachService((service, name, file) => {
  if ((service.profiles ?? []).length > 0) return null;
  if (!isOneShot(service)) return /\bexit 0\b/.test(commandText(service)) ? 'may end while it is waited for' : null;
  const isAwaited = Object.values(file.services).some(
    (other) => dependenciesOf(other).get(name) === 'service_completed_successfully',
  );
  return isAwaited ? null : 'ends, and no service waits for its end';
});

const NUMERIC_USER = /^[1-9]\d*:[1-9]\d*$/;
/** The images whose own user is not root, by name. */
const NON_ROOT_IMAGES = /^apache\/kafka:/;
const nonRootUsers = eachService((service) => {
  if (NUMERIC_USER.test(service.user ?? '')) return null;
  if (service.user === undefined && NON_ROOT_IMAGES.test(service.image ?? '')) return null;
  if (service.user === '0:0' && isConfinedRoot(service)) return null;
  return `runs as "${service.user ?? 'the default user'}", not as a numeric user other than root`;
});

/** The one use of root: a step without network that gives files away and ends. */
function isConfinedRoot(service: ComposeService): boolean {
  return isOneShot(service) && service.network_mode === 'none' && (service.cap_add ?? []).join() === 'CHOWN';
}

const droppedCapabilities = eachService((service) => {
  if (!(service.cap_drop ?? []).includes('ALL')) return 'does not drop all capabilities';
  return (service.cap_add ?? []).length === 0 || isConfinedRoot(service) ? null : 'takes capabilities back';
});

const noNewPrivileges = eachService((service) =>
  (service.security_opt ?? []).includes('no-new-privileges:true') ? null : 'may gain privileges',
);

const notPrivileged = eachService((service) => {
  if (service.privileged === true) return 'is privileged';
  const shared = [service.network_mode, service.pid, service.ipc].filter((mode) => mode === 'host');
  return shared.length > 0 ? 'shares a namespace with the host' : null;
});

const readOnlyRoots = eachService((service) => (service.read_only === true ? null : 'can write its own root'));

const boundedLogs = eachService((service) =>
  service.logging?.options?.['max-size'] !== undefined && service.logging.options['max-file'] !== undefined
    ? null
    : 'has a log without a bound',
);

/** Only named volumes: nothing of the host, least of all the socket of the engine, is visible inside. */
const namedVolumes = eachService((service, _name, file) =>
  (service.volumes ?? []).flatMap((volume) => {
    const source = typeof volume === 'string' ? (volume.split(':')[0] ?? '') : (volume.source ?? '');
    return Object.hasOwn(file.volumes ?? {}, source) ? [] : [`mounts "${source}", which is not a named volume`];
  }),
);

const SECRET_NAME = /PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE|WRITE_KEY|API_KEY|ACCESS_KEY|(?:POSTGRES|CLICKHOUSE)_URL/;
const NOT_A_VALUE = /_(?:FILE|DIR|OWNERS)$/;
const LOGIN_IN_URL = /:\/\/[^/\s:@]*:[^/\s@]+@/;
/** Secrets come as files. A default such as `${X:-change-me}` is a secret in clear text too. */
const noPlainSecrets = eachService((service) => [
  ...environmentOf(service)
    .filter(([name, value]) => (SECRET_NAME.test(name) && !NOT_A_VALUE.test(name)) || LOGIN_IN_URL.test(value))
    .map(([name]) => `${name} holds a secret in clear text; use ${name}_FILE`),
  ...(LOGIN_IN_URL.test(commandText(service)) ? ['a login is on the command line'] : []),
]);

/** A service reads the secrets of its own user: the ids of both places must be the same. */
const secretOwners: ComposeRule = (file) => {
  const text = environmentOf(file.services['secrets'] ?? {}).find(([name]) => name === 'EBB_SECRET_OWNERS')?.[1] ?? '';
  const owners = new Map(text.split(',').map((item) => item.split('=') as [string, string]));
  return Object.entries(file.services).flatMap(([name, service]) =>
    environmentOf(service).flatMap(([variable, value]) => {
      const reader = /^\/run\/ebb\/secrets\/([a-z-]+)(?:\/|$)/.exec(value)?.[1];
      if (reader === undefined) return [];
      const uid = owners.get(reader);
      return service.user?.split(':')[0] === uid
        ? []
        : [`${name}: ${variable} belongs to user ${uid}, not ${service.user}`];
    }),
  );
};

const SECRETS_FOLDER = '/run/ebb/secrets';
/** Whoever reads a secret has the folder, read-only; nobody else has it. Only the step that makes them may write. */
/** A service may be told to read a file by another's setting, as Kafka Connect is by the settings of its connector. */
const secretMounts = eachService((service, name, file) => {
  if (name === 'secrets') return null;
  const mounts = (service.volumes ?? [])
    .map((volume) => JSON.stringify(volume))
    .filter((text) => text.includes('secrets'));
  const isTold = Object.values(file.services)
    .flatMap((other) => environmentOf(other))
    .some(([, value]) => value.includes(`:${SECRETS_FOLDER}/${name}:`));
  const isReader = isTold || environmentOf(service).some(([, value]) => value.startsWith(SECRETS_FOLDER));
  if (!isReader) return mounts.length === 0 ? null : 'has the secrets without need';
  return mounts.join() === `"secrets:${SECRETS_FOLDER}:ro"` ? null : 'does not have its secrets read-only';
});

/** Demo data is on by default and one variable turns every part of it off. */
const demoSwitch: ComposeRule = (file) => {
  const demo = ['seed', 'first-segments', 'simulator', 'crm-simulator'];
  return demo.flatMap((name) => {
    const service = file.services[name];
    if (service === undefined) return [`${name}: is missing`];
    const value = environmentOf(service).find(([variable]) => variable === 'EBB_DEMO')?.[1];
    return value === '${EBB_DEMO:-on}' && commandText(service).includes('EBB_DEMO')
      ? []
      : [`${name}: does not follow \${EBB_DEMO:-on}`];
  });
};

/** Who looks at a fresh stack finds segments, values and risks; a second start makes none of them again. */
const FIRST_RUNS = ['rfm_segments --source retail_files', 'clv --source retail', 'churn_scores --source retail'];
const firstRuns: ComposeRule = (file) => {
  const lines = commandText(file.services['first-segments'] ?? {}).split('\n');
  return FIRST_RUNS.filter(
    (run) => !lines.some((line) => line.includes(`run ${run} `) && line.includes(' --unless-published')),
  ).map((run) => `first-segments: does not run ${run} --unless-published`);
};

/** `docker compose up` must work with no file to edit: every variable has a default. */
const variablesHaveDefaults: ComposeRule = (file) =>
  [...JSON.stringify(file).matchAll(/(?<!\$)\$\{([^}]*)\}|(?<!\$)\$[A-Za-z_]/g)]
    .map((match) => match[1] ?? match[0])
    .filter((inner) => inner !== 'COMPOSE_PROJECT_NAME' && !/^EBB_[A-Z_]+:-.+$/.test(inner))
    .map((inner) => `variable "${inner}" has no default`);

/** By name, so that a failing test says which rule. */
export const composeRules = {
  pinnedImages,
  loopbackPorts,
  distinctPorts,
  healthChecks,
  dependencyConditions,
  setUpOrder,
  restartPolicies,
  waitable,
  nonRootUsers,
  droppedCapabilities,
  noNewPrivileges,
  notPrivileged,
  readOnlyRoots,
  memoryLimits,
  memoryTotal,
  tmpfsSizes,
  groups,
  boundedLogs,
  namedVolumes,
  noPlainSecrets,
  secretOwners,
  secretMounts,
  demoSwitch,
  firstRuns,
  variablesHaveDefaults,
} satisfies Record<string, ComposeRule>;
