import { datasetFile } from './dataset-file.ts';

export interface FixtureTable {
  /** Absolute path of the file; the last column of the bank's, `invented`, is not data. */
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
}

export type BankTable = 'customers' | 'transactions' | 'support_tickets' | 'offers' | 'usage_logs';

/** Twenty customers of a bank, partly invented; see `data/bank/README.md`. */
export const BANK_FIXTURE: {
  readonly description: string;
  /** The day on which the figures of the fixture hold. */
  readonly asOf: string;
  readonly tables: Readonly<Record<BankTable, FixtureTable>>;
} = {
  description: "A bank's 20 customers: partly read from a report, partly invented",
  asOf: '2025-10-01',
  tables: {
    customers: {
      path: datasetFile('bank/customers.csv'),
      rows: 20,
      sha256: '9bf6173cdb5d44c9c31c0794e456a9a4fbc4664e5a9fb93884e75bf1281af72b',
    },
    transactions: {
      path: datasetFile('bank/transactions.csv'),
      rows: 210,
      sha256: 'baf6597889e84f274f92c5875ac7b192a121954797a89200ca9e4a523f6efdef',
    },
    support_tickets: {
      path: datasetFile('bank/support_tickets.csv'),
      rows: 20,
      sha256: '3219acf98c1d3410b6ec1eb0ed6cbcfab321e80de629b98e15fb7efd9b573e05',
    },
    offers: {
      path: datasetFile('bank/offers.csv'),
      rows: 20,
      sha256: '93388c006915238863142c98a1fa967979e44e8969973e9d8c567b8e14cf0ea0',
    },
    usage_logs: {
      path: datasetFile('bank/usage_logs.csv'),
      rows: 20,
      sha256: 'd56cbbdc24f6e05e0f28726f8a588f37df1c4172bd1a5a2386dc560fcf62adb5',
    },
  },
};
