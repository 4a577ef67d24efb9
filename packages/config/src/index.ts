export {
  clickhouseOptions,
  commonOptions,
  kafkaOptions,
  objectStoreOptions,
  portOption,
  postgresOptions,
  saslRule,
} from './common-options.ts';
export { envEnum, envFlag, envInteger, envList, envNumber, envText, envUrl } from './env-types.ts';
export {
  type ConfigErrorCode,
  type ConfigOf,
  type ConfigRule,
  describeOptions,
  type Environment,
  hostEnvironment,
  loadConfig,
  type Option,
  option,
  type OptionDescription,
  type Options,
} from './load-config.ts';
