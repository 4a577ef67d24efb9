export { type AirflowOptions, startAirflow } from './airflow.ts';
export { adoptPostgresData } from './adopt-postgres.ts';
export {
  checkClickhouseIsOurs,
  CLICKHOUSE_ADMIN,
  CLICKHOUSE_READER,
  type ClickhouseServer,
  type ClickhouseServerOptions,
  clickhouseUrl,
  type ClickhouseUser,
  engineLibrary,
  clickhouseUsers,
  startClickhouse,
} from './clickhouse.ts';
export { describeExit, type ExitInfo, logTail, type LoggedChild, spawnLogged } from './child.ts';
export { clickhouseMemoryMb, machineMemoryMb } from './machine-memory.ts';
export {
  DBT_PROJECT,
  type DbtCommand,
  dbtEnvironment,
  type DbtOptions,
  dbtPython,
  type DbtRun,
  runDbt,
  type RunDbtOptions,
} from './dbt.ts';
export { LocalStackError, type LocalStackErrorCode } from './errors.ts';
export { type Interruption, listenForInterruption } from './interruption.ts';
export { CONNECT_SECRET_PREFIX } from './connect-config.ts';
export { type ConnectOptions, type ConnectServer, DEBEZIUM_VERSION, startConnect } from './connect.ts';
export { findJava, findMaven, type Java } from './java.ts';
export { checkKafkaIsOurs, clusterIdOf, type KafkaOptions, type KafkaServer, startKafka } from './kafka.ts';
export { cacheDirectory, ensureJars, type JarBundle, ownerArgument } from './jars.ts';
export { KAFKA_VERSION } from './kafka-jars.ts';
export { lakeEnvironment, lakePython, type LakeServers, startLake, type StartLakeOptions } from './lake.ts';
export { listensOn } from './listening.ts';
export { CUSTOMER_JOURNEY, notebookPython, startNotebook, type StartNotebookOptions } from './notebook.ts';
export {
  OBJECT_STORE_BUCKET,
  type ObjectStoreLogin,
  type ObjectStoreServer,
  type ObjectStoreServerOptions,
  S3PROXY_VERSION,
  startObjectStore,
} from './object-store.ts';
export { anyFreePort, choosePort, isPortFree } from './ports.ts';
export {
  checkPostgresIsOurs,
  POSTGRES_SUPERUSER,
  type PostgresOptions,
  type PostgresServer,
  postgresUrl,
  startPostgres,
} from './postgres.ts';
export { type MailCatcher, type MailCatcherOptions, startMailCatcher } from './mail-catcher.ts';
export { waitUntilReady, type ReadyOptions } from './ready.ts';
export { postgresBinaries } from './postgres-binaries.ts';
export type { PythonServer } from './python-server.ts';
export { startSuperset, startSupersetWorker, type SupersetOptions, type SupersetWorkerOptions } from './superset.ts';
export {
  descendants,
  findProcesses,
  identifyProcess,
  isRunning,
  processArguments,
  type ProcessIdentity,
  processTreeUsage,
  processUsage,
  type ProcessUsage,
  signalProcess,
} from './processes.ts';
export { installHint, type Requirement } from './requirements.ts';
export { type ServerOwner, type Stoppable, stoppable, withServers } from './with-servers.ts';
export { type BuildPlan, makeBuild, newBuildId, openBuild, publishBuild } from './dbt-build.ts';
