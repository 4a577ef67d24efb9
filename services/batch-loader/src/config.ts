import {
  clickhouseOptions,
  commonOptions,
  type ConfigOf,
  envFlag,
  type Environment,
  envNumber,
  envText,
  loadConfig,
  objectStoreOptions,
  option,
  portOption,
  postgresOptions,
} from '@ebb/config';

/** Without an object store only folders are looked at. */
const optionalStore = {
  ...objectStoreOptions,
  objectStoreUrl: { ...objectStoreOptions.objectStoreUrl, schema: envText({ min: 0 }), default: '' },
  objectStoreAccessKey: { ...objectStoreOptions.objectStoreAccessKey, schema: envText({ min: 0 }), default: '' },
  objectStoreSecretKey: { ...objectStoreOptions.objectStoreSecretKey, schema: envText({ min: 0 }), default: '' },
};

export const loaderOptions = {
  ...commonOptions,
  ...postgresOptions,
  ...clickhouseOptions,
  ...optionalStore,
  port: portOption('EBB_BATCH_LOADER_PORT', 8096, 'health and metrics of the batch loader'),
  folder: option('EBB_LOADER_FOLDER', envText({ min: 0 }), {
    description: 'folder to watch beside the object store; none unless set',
    default: '',
  }),
  dailyFilesDir: option('EBB_DAILY_FILES_DIR', envText({ min: 0 }), {
    description: 'folder of daily files that the job files.upload sends to the object store; none unless set',
    default: '',
  }),
  pollSeconds: option('EBB_LOADER_POLL_SECONDS', envNumber({ min: 0.1 }), {
    description: 'time between two looks at the store and the folder, s',
    default: '10',
  }),
  settleSeconds: option('EBB_LOADER_SETTLE_SECONDS', envNumber({ min: 0 }), {
    description: 'how long a file in a folder must rest before it is read, s',
    default: '2',
  }),
  truncatedWaitSeconds: option('EBB_LOADER_TRUNCATED_WAIT_SECONDS', envNumber({ min: 0 }), {
    description: 'how long a file that ends too early may take to grow before it is refused, s',
    default: '60',
  }),
  finalNewline: option('EBB_LOADER_FINAL_NEWLINE', envFlag(), {
    description: 'a CSV whose last line has no end counts as cut off',
    default: 'on',
  }),
};

export type LoaderConfig = ConfigOf<typeof loaderOptions>;

export function loadLoaderConfig(env: Environment): LoaderConfig {
  return loadConfig(loaderOptions, env, [
    ({ objectStoreUrl, objectStoreAccessKey, objectStoreSecretKey }) =>
      objectStoreUrl === '' || (objectStoreAccessKey !== '' && objectStoreSecretKey !== '')
        ? null
        : 'EBB_OBJECT_STORE_URL needs EBB_OBJECT_STORE_ACCESS_KEY and EBB_OBJECT_STORE_SECRET_KEY',
  ]);
}
