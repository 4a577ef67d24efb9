import { datasetFile } from './dataset-file.ts';

export interface DatasetCredit {
  readonly authors: string;
  readonly title: string;
  readonly doi: string;
  /** SPDX identifier. */
  readonly license: string;
}

export interface Dataset {
  /** Absolute path of the file on this machine. */
  readonly path: string;
  readonly description: string;
  /** Data rows, the header not counted. */
  readonly rows: number;
  readonly sha256: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly credit: DatasetCredit;
}

const CREDIT: DatasetCredit = {
  authors: 'Chen, D.',
  title: 'Online Retail II, UCI Machine Learning Repository',
  doi: '10.24432/C5CG6D',
  license: 'CC-BY-4.0',
};

/** Transaction lines of a real shop in GBP, gzipped CSV, one line per item of an invoice; days without a time. */
export const ONLINE_RETAIL_YEAR_1: Dataset = {
  path: datasetFile('online-retail-ii/online_retail_II_2009-2010.csv.gz'),
  description: 'Online Retail II, year 1: transaction lines of a UK gift retailer',
  rows: 525_461,
  sha256: 'cc7c3bf987e4c19aa74510a20c9a43612cd45d6617a2d2a70928ef16dadd146d',
  firstDay: '2009-12-01',
  lastDay: '2010-12-09',
  credit: CREDIT,
};

/** Original trading day to the shifted day under which the daily files of the same data stand. */
export const ONLINE_RETAIL_DAY_MAP: Dataset = {
  path: datasetFile('online-retail-ii/day_map.csv'),
  description: 'Online Retail II, year 1: original day to shifted day (shifted_date,original_date,rows,weekday)',
  rows: 307,
  sha256: '348ed12a4a41dafa9cfd27a0f40317451cc68073ccdcb210fd5943e0dd7219de',
  firstDay: '2009-12-01',
  lastDay: '2010-12-09',
  credit: CREDIT,
};
