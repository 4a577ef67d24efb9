import {
  clickhouseOptions,
  commonOptions,
  type ConfigOf,
  type Environment,
  envNumber,
  envText,
  loadConfig,
  objectStoreOptions,
  option,
  portOption,
  postgresOptions,
} from '@ebb/config';

export const workerOptions = {
  ...commonOptions,
  ...postgresOptions,
  ...clickhouseOptions,
  ...objectStoreOptions,
  port: portOption('EBB_SEGMENTATION_WORKER_PORT', 8097, 'health and metrics of the segmentation worker'),
  pollSeconds: option('EBB_SEGMENTATION_POLL_SECONDS', envNumber({ min: 0.01 }), {
    description: 'time between two looks for a job, s',
    default: '1',
  }),
  codeVersion: option('EBB_CODE_VERSION', envText({ min: 0 }), {
    description: 'version of the code, kept with every model; the package version unless set',
    default: '',
  }),
};

export type WorkerConfig = ConfigOf<typeof workerOptions>;

export function loadWorkerConfig(env: Environment): WorkerConfig {
  return loadConfig(workerOptions, env);
}
