export { BANK_FIXTURE, type BankTable, type FixtureTable } from './bank.ts';
export { type DatasetErrorCode, datasetFile } from './dataset-file.ts';
export { type Dataset, type DatasetCredit, ONLINE_RETAIL_YEAR_1, ONLINE_RETAIL_DAY_MAP } from './datasets.ts';
