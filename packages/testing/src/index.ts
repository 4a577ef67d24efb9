export { launchBrowser } from './browser.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { uniqueName } from './names.ts';
export { testKafka, testPostgres, type TestPostgres } from './services.ts';
