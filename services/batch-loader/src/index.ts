export { claimOf, DATASETS } from './datasets/catalogue.ts';
export { Loader, type LoaderOptions } from './load/loader.ts';
export type { PassReport } from './load/pass-report.ts';
