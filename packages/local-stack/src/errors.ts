import { EbbError } from '@ebb/core';

/**
 * What can go wrong around the embedded servers.
 *
 * - `JAVA_MISSING`, `MAVEN_MISSING`: a tool of the host is absent or too old; the message says how to get it.
 * - `MAVEN_FAILED`: Maven could not fetch Kafka's jars; the message carries the end of its output.
 * - `POSTGRES_BINARIES_MISSING`: the npm platform package is not installed (or the platform has none).
 * - `POSTGRES_USER`: running as root and no other user can run the server there.
 * - `SERVER_EXITED`: a server ended before it answered; the message carries the end of its log.
 * - `NOT_OURS`: something answers on the port, but it is another server.
 * - `START_TIMEOUT`: the server runs and does not answer in time.
 * - `NO_FREE_PORT`: no port is free near the wanted one.
 * - `NOT_READY`: it answers, but cannot do its work yet.
 * - `BAD_OPTION`: an option of the caller that cannot be used.
 * - `DISK_FULL`: too little space to start a server that would harm its data on a full disk.
 * - `DBT_MISSING`: the Python environment of dbt is not there; the message says how to get it.
 * - `LAKE_MISSING`: likewise that of pyiceberg.
 * - `NOTEBOOK_MISSING`: likewise that of the notebooks.
 * - `PYTHON_PACKAGES`: the packages of a lock file could not be installed; the message says why.
 * - `ABORTED`: the caller gave up while the server was starting.
 */
export type LocalStackErrorCode =
  | 'JAVA_MISSING'
  | 'MAVEN_MISSING'
  | 'MAVEN_FAILED'
  | 'POSTGRES_BINARIES_MISSING'
  | 'POSTGRES_USER'
  | 'SERVER_EXITED'
  | 'NOT_OURS'
  | 'START_TIMEOUT'
  | 'NO_FREE_PORT'
  | 'NOT_READY'
  | 'BAD_OPTION'
  | 'DISK_FULL'
  | 'DBT_MISSING'
  | 'LAKE_MISSING'
  | 'NOTEBOOK_MISSING'
  | 'PYTHON_PACKAGES'
  | 'ABORTED';

export class LocalStackError extends EbbError<LocalStackErrorCode> {}
