import { defineConfig } from 'oxlint';

/**
 * Import layers, lowest first. A workspace may import only the packages listed beside it (and itself);
 * everything else is refused. Drivers are importable in their adapter package alone.
 */
const L0 = ['core', 'contracts'];
const ADAPTERS = ['kafka', 'postgres'];
const SERVICE = [...L0, 'config', 'runtime', ...ADAPTERS];
/** Services that read or write the warehouse. */
const WAREHOUSE_SERVICE = [...SERVICE, 'clickhouse'];

const allowed: Record<string, string[]> = {
  'packages/core': [],
  'packages/contracts': ['core'],
  'packages/csv': [],
  'packages/customer-models': ['core'],
  'packages/kmeans': ['core'],
  'packages/segments': ['core', 'kmeans'],
  'packages/config': ['core'],
  'packages/runtime': ['core', 'config'],
  'packages/kafka': ['core'],
  'packages/postgres': ['core'],
  'packages/clickhouse': ['core'],
  'packages/object-store': ['core'],
  'packages/clickhouse-embedded': ['core', 'config', 'runtime'],
  'packages/mail-catcher': ['core', 'config', 'runtime'],
  'packages/datasets': ['core'],
  'packages/local-stack': [
    'core',
    'config',
    ...ADAPTERS,
    'clickhouse',
    'object-store',
    'clickhouse-embedded',
    'mail-catcher',
  ],
  'packages/testing': [...L0, 'config', ...ADAPTERS, 'clickhouse', 'object-store', 'local-stack', 'datasets'],
  'packages/cli': [
    ...L0,
    'config',
    ...ADAPTERS,
    'clickhouse',
    'object-store',
    'local-stack',
    'datasets',
    'csv',
    'customer-models',
    'segments',
  ],
  'services/batch-loader': [...WAREHOUSE_SERVICE, 'object-store', 'csv'],
  'services/cdc-connector': SERVICE,
  'services/cdc-sink': WAREHOUSE_SERVICE,
  'services/collector': SERVICE,
  'services/dashboard': WAREHOUSE_SERVICE,
  'services/ledger': WAREHOUSE_SERVICE,
  'services/segmentation-worker': [...WAREHOUSE_SERVICE, 'object-store', 'kmeans', 'segments', 'customer-models'],
  'services/simulator': [...SERVICE, 'datasets'],
  'services/stream-aggregator': SERVICE,
};

const packageNames = [
  'core',
  'contracts',
  'csv',
  'customer-models',
  'kmeans',
  'segments',
  'config',
  'runtime',
  'kafka',
  'postgres',
  'clickhouse',
  'clickhouse-embedded',
  'mail-catcher',
  'object-store',
  'datasets',
  'local-stack',
  'testing',
  'cli',
];
const serviceNames = [
  'batch-loader',
  'cdc-connector',
  'cdc-sink',
  'collector',
  'dashboard',
  'ledger',
  'segmentation-worker',
  'simulator',
  'stream-aggregator',
];

const driverOwners: Record<string, string> = {
  kafkajs: 'packages/kafka',
  pg: 'packages/postgres',
  '@clickhouse/client': 'packages/clickhouse',
  minio: 'packages/object-store',
  chdb: 'packages/clickhouse-embedded',
  'ml-kmeans': 'packages/kmeans',
  'apache-arrow': 'packages/clickhouse',
  testcontainers: 'packages/testing',
};

interface Pattern {
  group: string[];
  message: string;
}

function patternsFor(workspace: string, isTest: boolean): Pattern[] {
  const self = workspace.split('/')[1] ?? '';
  const open = new Set([
    ...(allowed[workspace] ?? []),
    self,
    ...(isTest ? ['testing', 'local-stack', 'datasets'] : []),
  ]);
  const closed = [...packageNames, ...serviceNames].filter((name) => !open.has(name)).map((name) => `@ebb/${name}`);
  const drivers = Object.entries(driverOwners).filter(([, owner]) => owner !== workspace);
  return [
    { group: closed, message: `not in the import layers of ${workspace} (oxlint.config.ts)` },
    { group: drivers.map(([driver]) => driver), message: 'drivers are imported only in their adapter package' },
    { group: ['@ebb/*/*'], message: 'no deep imports: a package has one entry' },
    { group: ['**/services/*', '**/packages/*', '../../../*'], message: 'a workspace is imported by its name' },
  ];
}

function layerRule(
  workspace: string,
  isTest: boolean,
): { 'no-restricted-imports': ['error', { patterns: Pattern[] }] } {
  return { 'no-restricted-imports': ['error', { patterns: patternsFor(workspace, isTest) }] };
}

const layerOverrides = Object.keys(allowed).flatMap((workspace) => [
  { files: [`${workspace}/**/*.ts`], rules: layerRule(workspace, false) },
  {
    files: [`${workspace}/**/*.{test,bench}.ts`, `${workspace}/**/testing/**/*.ts`, `${workspace}/bench/**/*.ts`],
    rules: layerRule(workspace, true),
  },
]);

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'node', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['**/dist/**', '**/node_modules/**', '.ebb/**'],
  rules: {
    'no-console': 'error',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 4 }],
    'node/no-process-env': 'error',
    'unicorn/no-process-exit': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'promise/always-return': 'off',
    'no-underscore-dangle': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'vitest/require-mock-type-parameters': 'off',
    // The second argument is the message, which is where a seed belongs.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
  },
  overrides: [
    ...layerOverrides,
    { files: ['packages/config/**/*.ts'], rules: { 'node/no-process-env': 'off' } },
    { files: ['packages/runtime/**/*.ts'], rules: { 'unicorn/no-process-exit': 'off' } },
    { files: ['packages/cli/**/*.ts', '**/bench/**/*.ts'], rules: { 'no-console': 'off' } },
    {
      files: ['**/*.{test,bench}.ts'],
      rules: { 'max-lines-per-function': 'off', 'unicorn/consistent-function-scoping': 'off' },
    },
  ],
});
