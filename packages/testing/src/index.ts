export { launchBrowser, type TestBrowser } from './browser.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { uniqueName } from './names.ts';
export { testKafka, testPostgres, type TestPostgres } from './services.ts';
export { type PrivateKafka, startPrivateKafka } from './private-kafka.ts';
export { compareScreenshot, type ScreenshotComparison, type ScreenshotOptions } from './screenshots.ts';
