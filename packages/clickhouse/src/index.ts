export {
  type BytesOptions,
  type Clickhouse,
  type ClickhouseOptions,
  createClickhouse,
  type InsertFromOptions,
  type InsertOptions,
  type QueryOptions,
  type Settings,
} from './clickhouse.ts';
export { ClickhouseError, type ClickhouseErrorCode, isClickhouseTransient } from './errors.ts';
export { type ForbiddenOutcome, tryForbidden } from './forbidden.ts';
export { FILES_COLLECTION, type FilesLogin, nameFiles, viewDailyFiles } from './files-in-place.ts';
export {
  CLICKHOUSE_ADMIN_LOGIN,
  CLICKHOUSE_LOGIN_NAMES,
  CLICKHOUSE_LOGINS,
  type ClickhouseLogin,
  type LoginRights,
} from './logins.ts';
export { migrateClickhouse, type MigrateClickhouseOptions } from './migrate.ts';
export {
  type BuildFailure,
  currentAndOther,
  currentPublication,
  findPublication,
  listPublications,
  type Publication,
  readBuildFailures,
} from './publication.ts';
export { quoteClickhouseName, quoteClickhouseText } from './quoting.ts';
export { RowBinaryWriter } from './row-binary-writer.ts';
export { type Columns, readColumns, type ReadColumnsOptions } from './read-columns.ts';
export { clickhouseServerConfig, clickhouseServerUsers } from './server-files.ts';
export { isBlank, splitStatements } from './statements.ts';
