export { type ClickhouseTarget, clickhouseTarget } from './clickhouse-target.ts';
export { type DescribedEndpoint, describedEndpoints, type DescribedParameter } from './described-api.ts';
export { launchBrowser, type TestBrowser } from './browser.ts';
export { type EventStream, eventStream } from './event-stream.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { uniqueName } from './names.ts';
export { type OwnClickhouse, ownClickhouse } from './own-clickhouse.ts';
export { onceInRun, testKafka, testPostgres, type TestPostgres } from './services.ts';
export { type PrivateConnect, type PrivateConnectOptions, startPrivateConnect } from './private-connect.ts';
export { type PrivateKafka, startPrivateKafka } from './private-kafka.ts';
export { cpuSeconds, cpuSecondsOf, peakMemoryMb } from './process-load.ts';
export {
  buildCommands,
  createCapturedTables,
  type TestBuild,
  type TestBuildOptions,
  type TestDbt,
  testDbt,
  type TestDbtOptions,
} from './test-dbt.ts';
export { testClickhouse, type TestClickhouse } from './test-clickhouse.ts';
export { testObjectStore, type TestObjectStore } from './test-object-store.ts';
export { type BankRow, BankRows } from './bank-rows.ts';
export { type CustomerRow, type OrderRow, OUTLET, ShopRows, type WebRow } from './shop-rows.ts';
export { compareScreenshot, type ScreenshotComparison, type ScreenshotOptions } from './screenshots.ts';
export { playRace, type Race, RACES, type RaceReport, raceTableStatements } from './cdc/races.ts';
export { planWorkload, type Round, type WorkloadOptions } from './cdc/workload.ts';
export { type WorkloadCounts, WorkloadRunner } from './cdc/workload-runner.ts';
export { createStatements, quotedName, type WorkloadTable, workloadTables } from './cdc/workload-tables.ts';
export { startTcpProxy, type TcpProxy, throughProxy } from './tcp-proxy.ts';
