export { loadLedgerConfig } from './config.ts';
export { createLedger } from './create-ledger.ts';
export { type CycleReport, Ledger } from './ledger.ts';
