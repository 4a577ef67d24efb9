export { BinaryArrayWriter, OID } from './binary-array.ts';
export { BinaryColumns } from './binary-columns.ts';
export { endClient } from './end-client.ts';
export { ensureDatabase } from './ensure-database.ts';
export { isTransient, type PostgresErrorCode } from './errors.ts';
export { type IdentityUnmerge, listIdentityUnmerges, restoreIdentity, unmergeIdentity } from './identity-unmerges.ts';
export {
  type JobEvent,
  type JobHandler,
  type JobIdentity,
  type JobWorkerOptions,
  reclaimJobs,
  workJobs,
} from './jobs.ts';
export { migrate, type MigrateOptions } from './migrate.ts';
export {
  type Client,
  connectClient,
  createPool,
  type Pool,
  type PoolClient,
  type PoolOptions,
  type QueryResultRow,
} from './pool.ts';
export { unsentBytes } from './unsent-bytes.ts';
export { provisionRoles, ROLE_NAMES, type RoleName } from './roles.ts';
export { quoteIdentifier, quoteLiteral, type TransactionOptions, withTransaction } from './transaction.ts';
export { whileAlone, type WhileAloneOptions } from './while-alone.ts';
export {
  activeWriteKeys,
  createWriteKey,
  generateWriteKey,
  hashWriteKey,
  listWriteKeys,
  type NewWriteKey,
  revokeWriteKey,
  WRITE_KEY_PREFIX,
  type WriteKey,
} from './write-keys.ts';
