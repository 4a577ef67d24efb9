import { createHash } from 'node:crypto';
import { CLICKHOUSE_LOGIN_NAMES, CLICKHOUSE_LOGINS, type ClickhouseLogin, type LoginRights } from './logins.ts';

const MIB = 1024 ** 2;
const DATA = '/var/lib/clickhouse/';

/**
 * The server's whole configuration, in place of the image's: no other port than HTTP, no log but the container's, no
 * system logs that grow, memory and threads for a machine that is shared. `usersFile` is where the server finds users.xml.
 */
export function clickhouseServerConfig(
  usersFile: string,
  files: { url: string; accessKey: string; secretKey: string },
): string {
  return `<clickhouse>
  <logger><level>warning</level><console>true</console></logger>
  <listen_host>0.0.0.0</listen_host>
  <http_port>8123</http_port>
  <path>${DATA}</path>
  <tmp_path>${DATA}tmp/</tmp_path>
  <user_files_path>${DATA}user_files/</user_files_path>
  <format_schema_path>${DATA}format_schemas/</format_schema_path>
  <user_directories><users_xml><path>${usersFile}</path></users_xml></user_directories>
  <named_collections>
    <ebb_files>
      <url>${files.url}</url>
      <access_key_id>${files.accessKey}</access_key_id>
      <secret_access_key>${files.secretKey}</secret_access_key>
    </ebb_files>
  </named_collections>
  <timezone>UTC</timezone>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <max_concurrent_queries>64</max_concurrent_queries>
  <max_server_memory_usage>${1_200 * MIB}</max_server_memory_usage>
  <mark_cache_size>${64 * MIB}</mark_cache_size>
  <background_pool_size>4</background_pool_size>
  <background_schedule_pool_size>16</background_schedule_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}

/** No user without a password; what stands here of the passwords is their SHA-256. */
export function clickhouseServerUsers(passwords: Readonly<Record<ClickhouseLogin, string>>): string {
  const users = CLICKHOUSE_LOGIN_NAMES.map((name) => user(name, CLICKHOUSE_LOGINS[name], passwords[name]));
  return `<clickhouse>
  <profiles>
    <default/>
    <reader><readonly>2</readonly></reader>
  </profiles>
  <quotas><default/></quotas>
  <users>
${users.join('\n')}
  </users>
</clickhouse>
`;
}

function user(name: string, { isReadonly, grants }: LoginRights, password: string): string {
  const rights =
    grants === null
      ? ['<access_management>1</access_management>', '<named_collection_control>1</named_collection_control>']
      : ['<grants>', ...grants.map((grant) => `  <query>GRANT ${grant}</query>`), '</grants>'];
  const lines = [
    `<password_sha256_hex>${sha256(password)}</password_sha256_hex>`,
    '<networks><ip>::/0</ip></networks>',
    `<profile>${isReadonly ? 'reader' : 'default'}</profile>`,
    '<quota>default</quota>',
    ...rights,
  ];
  return [`    <${name}>`, ...lines.map((line) => `      ${line}`), `    </${name}>`].join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
