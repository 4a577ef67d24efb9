import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Role in the engine of users who may do everything, and of those who may only read. */
export const ADMIN_ROLE = 'ebb_admin';
export const READER_ROLE = 'ebb_reader';

/** A role of the engine beside these two. */
export interface EngineRole {
  name: string;
  /** Each the text between GRANT and TO. */
  grants: readonly string[];
}

export interface EngineConfigOptions {
  dataDir: string;
  roles: readonly EngineRole[];
  /** Above this the engine refuses queries instead of growing. */
  memoryMb: number;
  namedCollections?: NamedCollections;
}

/** Values by key, by the name that queries give them with. */
export type NamedCollections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The engine runs everything as its user `default`, who holds nothing but roles; every session takes one of them
 * before its first statement. Who may take which is the front's to decide.
 */
function usersConfig(roles: readonly EngineRole[]): string {
  const all = [
    { name: ADMIN_ROLE, grants: ['ALL ON *.* WITH GRANT OPTION'] },
    { name: READER_ROLE, grants: ['SELECT, SHOW, dictGet ON *.*'] },
    ...roles,
  ];
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <no_password/>
    <profile>default</profile>
    <quota>default</quota>
    <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
    <grants>${all.map(({ name }) => grantQuery(name)).join('')}</grants>
  </default></users>
  <roles>
${all.map(({ name, grants }) => `    <${name}><grants>${grants.map(grantQuery).join('')}</grants></${name}>`).join('\n')}
  </roles>
</clickhouse>
`;
}

function grantQuery(text: string): string {
  return `<query>GRANT ${escapeXml(text)}</query>`;
}

const MIB = 1024 ** 2;

/**
 * Server settings: small caches and few background threads, since this engine shares two cores and a laptop's memory
 * with a whole platform. Statistics of every column, which it makes at each insert and merge, serve no query here.
 */
function serverConfig(options: EngineConfigOptions, usersFile: string): string {
  const memory = options.memoryMb * MIB;
  return `<clickhouse>
  <logger><level>none</level></logger>
  <users_config>${escapeXml(usersFile)}</users_config>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <merges_mutations_memory_usage_soft_limit>${Math.floor(memory / 3)}</merges_mutations_memory_usage_soft_limit>
  <mark_cache_size>${32 * MIB}</mark_cache_size>
  <primary_index_cache_size>${32 * MIB}</primary_index_cache_size>
  <index_mark_cache_size>${4 * MIB}</index_mark_cache_size>
  <query_condition_cache_size>${8 * MIB}</query_condition_cache_size>
  <compiled_expression_cache_size>${16 * MIB}</compiled_expression_cache_size>
  <parquet_metadata_cache_size>${8 * MIB}</parquet_metadata_cache_size>
  <iceberg_metadata_files_cache_size>${8 * MIB}</iceberg_metadata_files_cache_size>
  <merge_tree><auto_statistics_types></auto_statistics_types></merge_tree>
  <background_pool_size>1</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_common_pool_size>1</background_common_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_schedule_pool_size>2</background_schedule_pool_size>
  <max_io_thread_pool_size>16</max_io_thread_pool_size>
  <max_format_parsing_thread_pool_size>8</max_format_parsing_thread_pool_size>
  <max_thread_pool_size>400</max_thread_pool_size>
  <prefetch_threadpool_pool_size>4</prefetch_threadpool_pool_size>
  <load_marks_threadpool_pool_size>4</load_marks_threadpool_pool_size>
  <threadpool_writer_pool_size>8</threadpool_writer_pool_size>
  <named_collections>${elements(options.namedCollections ?? {}, (values) => elements(values, escapeXml))}</named_collections>
</clickhouse>
`;
}

/** Writes what the engine reads at its start; returns the path to name on its command line. */
export function writeEngineConfig(options: EngineConfigOptions): string {
  mkdirSync(options.dataDir, { recursive: true });
  const usersFile = join(options.dataDir, 'users.xml');
  const configFile = join(options.dataDir, 'config.xml');
  writeFileSync(usersFile, usersConfig(options.roles), { mode: 0o600 });
  writeFileSync(configFile, serverConfig(options, usersFile), { mode: 0o600 });
  return configFile;
}

function elements<T>(named: Readonly<Record<string, T>>, content: (value: T) => string): string {
  return Object.entries(named)
    .map(([name, value]) => `<${name}>${content(value)}</${name}>`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
