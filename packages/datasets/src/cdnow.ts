import type { FixtureTable } from './bank.ts';
import { datasetFile } from './dataset-file.ts';

/** Purchases of 2,357 customers of a music shop, 1997-01-01 to 1998-06-30; see `data/cdnow/README.md`. Gzipped text. */
export const CDNOW_FIXTURE: FixtureTable = {
  path: datasetFile('cdnow/CDNOW_sample.txt.gz'),
  rows: 6_919,
  sha256: '5acfc85900e7fd346702395083244873ae3f156a3dcad1547b4ae723262bdad2',
};
