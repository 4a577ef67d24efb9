import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServerFiles } from './server-files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ebb-server-files-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(users: string): string {
  const file = join(directory, 'config.xml');
  writeFileSync(
    file,
    `<clickhouse><http_port>8124</http_port><listen_host>0.0.0.0</listen_host><path>/data/</path>
     <max_server_memory_usage>1258291200</max_server_memory_usage>
     <named_collections><files><url>http://store/bucket/</url><access_key_id>id</access_key_id></files></named_collections>
     <user_directories><users_xml><path>users.xml</path></users_xml></user_directories></clickhouse>`,
  );
  writeFileSync(join(directory, 'users.xml'), `<clickhouse>${users}</clickhouse>`);
  return file;
}

test('users, their digests and who only reads come from the files of a server', () => {
  const file = write(`<profiles><default/><reader><readonly>2</readonly></reader></profiles>
    <users>
      <!-- <default><password></password></default> -->
      <ebb><password_sha256_hex>AB12</password_sha256_hex><profile>default</profile></ebb>
      <ebb_reader><password_sha256_hex>cd34</password_sha256_hex><profile>reader</profile>
        <grants><query>GRANT SELECT ON raw.*</query> <query>GRANT SELECT ON ops.*</query></grants></ebb_reader>
    </users>`);
  expect(readServerFiles(file)).toEqual({
    port: 8124,
    host: '0.0.0.0',
    dataDir: '/data/',
    memoryMb: 1200,
    users: [
      { name: 'ebb', passwordSha256: 'ab12', readonly: false, grants: null },
      { name: 'ebb_reader', passwordSha256: 'cd34', readonly: true, grants: ['SELECT ON raw.*', 'SELECT ON ops.*'] },
    ],
    namedCollections: { files: { url: 'http://store/bucket/', access_key_id: 'id' } },
  });
});

test('a user without a password is refused', () => {
  expect(() => readServerFiles(write('<users><default><password></password></default></users>'))).toThrow(
    /users\/default\/password_sha256_hex is missing/,
  );
});
