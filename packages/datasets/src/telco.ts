import type { FixtureTable } from './bank.ts';
import { datasetFile } from './dataset-file.ts';

/** Customers of a telephone company and who of them left within a month, gzipped CSV with the label `Churn`. */
export const TELCO_CHURN: FixtureTable & { readonly description: string } = {
  description: "IBM's telco customers, with those who left",
  path: datasetFile('telco-churn/Telco-Customer-Churn.csv.gz'),
  rows: 7043,
  sha256: '5d7705674054d56a73bdddb44f616e3f31891beff653c84538d50f7816adf52f',
};
