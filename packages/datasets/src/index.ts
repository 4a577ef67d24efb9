export { BANK_FIXTURE, type BankTable, type FixtureTable } from './bank.ts';
export { CDNOW_FIXTURE } from './cdnow.ts';
export { datasetFile } from './dataset-file.ts';
export { type Dataset, type DatasetCredit, ONLINE_RETAIL_YEAR_1, ONLINE_RETAIL_DAY_MAP } from './datasets.ts';
export { DatasetError, type DatasetErrorCode } from './errors.ts';
export { DAILY_COLUMNS, type RetailDailyOptions, type RetailDailyResult, writeRetailDaily } from './retail-daily.ts';
export { TELCO_CHURN } from './telco.ts';
