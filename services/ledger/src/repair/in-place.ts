/** Waits for the change in place; a key is nothing for it. */
export const IN_PLACE = { mutations_sync: 1 } as const;

/** A condition that always holds; by it the ledger tells its own changes in place from those of others. */
export const BY_LEDGER = `'ebb ledger' != ''`;
/** As `system.mutations` shows it. */
export const BY_LEDGER_PATTERN = '%ebb ledger%';
