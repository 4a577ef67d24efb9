import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { clickhouseTarget, type ClickhouseTarget, eventually, uniqueName } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Clickhouse, createClickhouse } from './clickhouse.ts';
import { rawRequest } from './testing/raw-request.ts';

let target: ClickhouseTarget;
let clickhouse: Clickhouse;
let reader: Clickhouse;
let table: string;

beforeAll(async () => {
  target = await clickhouseTarget();
  ({ clickhouse } = target);
  reader = createClickhouse({ url: target.readerUrl, applicationName: 'ebb-test' });
  table = `${target.database}.t`;
  await clickhouse.command(`CREATE TABLE ${table} (id Int64, name String) ENGINE = MergeTree ORDER BY id`);
  await clickhouse.command(`INSERT INTO ${table} VALUES (1, 'one'), (2, 'two')`);
  return () => reader.close();
});

describe('exceptions', () => {
  test.each([
    ['SELECT * FROM nowhere.nothing', [60, 81]],
    ['SELEC 1', [62]],
    ['SELECT no_such_column', [47]],
    ['SELECT no_such_function()', [46]],
    ['SELECT 1; SELECT 2', [62]],
    [`SELECT toInt8('x')`, [6]],
    ['SELECT throwIf(number = 3) FROM numbers(10) SETTINGS max_block_size = 1', [395]],
    [`SELECT {absent:String}`, [456]],
    ['SELECT 1 SETTINGS no_such_setting = 1', [115]],
  ])('%s', async (sql, codes) => {
    const error: unknown = await clickhouse.query(sql).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REFUSED', retryable: false });
    expect(codes).toContain((error as { exceptionCode: number }).exceptionCode);
    const { status, headers, text } = await rawRequest(target.url, { body: sql });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.get('x-clickhouse-exception-code')).toBe(String((error as { exceptionCode: number }).exceptionCode));
    expect(text).toMatch(/^Code: \d+\. DB::Exception: /);
  });

  test('half a result is never taken for a whole one', async () => {
    const sql = `SELECT number, throwIf(number = 1000000) FROM numbers(1500000)`;
    await expect(clickhouse.query(sql)).rejects.toMatchObject({ code: 'REFUSED', exceptionCode: 395 });
    const read = async (): Promise<void> => {
      for await (const rows of clickhouse.queryStream(sql)) expect(rows.length).toBeGreaterThan(0);
    };
    // Older servers cut the answer off without saying why.
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/REFUSED|UNREACHABLE/) as string });
  });

  test('a wrong password, no password and an unknown user are refused alike', async () => {
    const url = new URL(target.url);
    url.password = 'wrong';
    const wrong = createClickhouse({ url: url.href, applicationName: 'ebb-test' });
    await expect(wrong.ping()).rejects.toMatchObject({ code: 'REFUSED', exceptionCode: 516 });
    await wrong.close();
    url.username = 'nobody';
    expect((await rawRequest(url.href, { body: 'SELECT 1' })).headers.get('x-clickhouse-exception-code')).toBe('516');
  });
});

describe('requests', () => {
  test('answers to who it is', async () => {
    const ping = await rawRequest(`${new URL(target.url).origin}/ping`, { method: 'GET' });
    expect(ping.text).toBe('Ok.\n');
    expect((await rawRequest(`${new URL(target.url).origin}/`, { method: 'GET' })).text).toBe('Ok.\n');
    await clickhouse.ping();
  });

  test('a login goes by basic authentication, by header or by query parameter', async () => {
    const { username, password, origin } = new URL(target.url);
    const body = "SELECT currentUser() != ''";
    const plain = decodeURIComponent(password);
    const header = await fetch(origin, {
      method: 'POST',
      body,
      headers: { 'x-clickhouse-user': username, 'x-clickhouse-key': plain },
    });
    expect(await header.text()).toBe('1\n');
    const query = await fetch(`${origin}/?${new URLSearchParams({ user: username, password: plain }).toString()}`, {
      method: 'POST',
      body,
    });
    expect(await query.text()).toBe('1\n');
  });

  test('a statement stands in the query string, in the body, or in both', async () => {
    const ask = async (params: Record<string, string>, body?: string): Promise<string> =>
      (await rawRequest(target.url, { params, ...(body === undefined ? { method: 'GET' } : { body }) })).text;
    expect(await ask({ query: 'SELECT 1 FORMAT CSV' })).toBe('1\n');
    expect(await ask({}, 'SELECT 2')).toBe('2\n');
    expect(await ask({ query: 'SELECT 3,' }, '4')).toBe('3\t4\n');
    expect(await ask({ query: 'SELECT 5 AS a', default_format: 'JSONEachRow' })).toBe('{"a":5}\n');
    expect(await ask({ query: 'SELECT 1 AS a, 2 AS b FORMAT TSVWithNames' })).toBe('a\tb\n1\t2\n');
    expect(await ask({}, "-- comment; here\nSELECT /* FORMAT CSV */ 'a;b' ;\n")).toBe('a;b\n');
  });

  test('GET does not write', async () => {
    const params = { query: `INSERT INTO ${table} VALUES (3, 'three')` };
    const { headers } = await rawRequest(target.url, { method: 'GET', params });
    expect(headers.get('x-clickhouse-exception-code')).toBe('164');
  });

  test('the data of an INSERT follows it, in every place and format that programs use', async () => {
    const into = `${target.database}.${uniqueName('places')}`;
    await clickhouse.command(`CREATE TABLE ${into} (a Int32, b String) ENGINE = MergeTree ORDER BY a`);
    const send = async (query: string | null, body: string | Buffer, headers = {}): Promise<void> => {
      const { status, text } = await rawRequest(target.url, { params: query === null ? {} : { query }, body, headers });
      expect({ status, text }).toEqual({ status: 200, text: '' });
    };
    await send(`INSERT INTO ${into} FORMAT CSV`, '1,"a"\n');
    await send(`INSERT INTO ${into} (b, a) SETTINGS input_format_csv_trim_whitespaces = 1 FORMAT CSV`, '"b",2\n');
    await send(`INSERT INTO ${into} VALUES`, `(3, 'c;d'), (4, 'VALUES')`);
    await send(null, `INSERT INTO ${into} VALUES (5, concat('e', 'f'))`);
    await send(null, `INSERT INTO ${into} FORMAT JSONEachRow\n{"a":6,"b":"é FORMAT CSV"}`);
    await send(null, `INSERT INTO ${into} FORMAT TabSeparated\n7\tg\\n\n`);
    await send(null, `INSERT INTO ${into} SELECT 8, 'h'`);
    await send(`INSERT INTO ${into} FORMAT CSV`, gzipSync('9,"i"\n'), { 'content-encoding': 'gzip' });
    await send(`INSERT INTO ${into} SELECT a + 1, b FROM input('a Int32, b String') FORMAT CSV`, '9,"j"\n');
    await send(`INSERT INTO ${into} FORMAT CSV`, '');
    const rows = await clickhouse.query<{ a: number; b: string }>(`SELECT a, b FROM ${into} ORDER BY a`);
    expect(rows.map(({ a, b }) => `${a}${b}`)).toEqual([
      '1a',
      '2b',
      '3c;d',
      '4VALUES',
      '5ef',
      '6é FORMAT CSV',
      '7g\n',
      '8h',
      '9i',
      '10j',
    ]);
  });

  test('results are compressed for who asks, in every encoding', async () => {
    const params = { query: 'SELECT number FROM numbers(100000)', enable_http_compression: '1' };
    const { username, password, origin } = new URL(target.url);
    const login = Buffer.from(`${username}:${decodeURIComponent(password)}`).toString('base64');
    const { request } = await import('node:http');
    const answer = await new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      const headers = { authorization: `Basic ${login}`, 'accept-encoding': 'gzip' };
      request(`${origin}/?${new URLSearchParams(params).toString()}`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end();
    });
    expect(answer.encoding).toBe('gzip');
    const text = gunzipSync(answer.bytes).toString();
    expect(answer.bytes.length).toBeLessThan(text.length / 2);
    expect(text.split('\n')).toHaveLength(100_001);
    for (const encoding of ['br', 'deflate', 'zstd']) {
      const { text: decoded } = await rawRequest(target.url, { params, headers: { 'accept-encoding': encoding } });
      expect(decoded).toBe(text);
    }
  });

  test('settings count for their request alone', async () => {
    const setting = `SELECT toString(getSetting('max_threads')) AS threads, getSetting('date_time_output_format') AS format`;
    const settings = { max_threads: 3, date_time_output_format: 'iso' };
    expect(await clickhouse.query(setting, {}, { settings })).toEqual([{ threads: '3', format: 'iso' }]);
    const [after] = await clickhouse.query<{ format: string }>(setting);
    expect(after?.format).toBe('simple');
    await expect(clickhouse.query(setting, {}, { settings: { no_such: 1 } })).rejects.toMatchObject({
      exceptionCode: 115,
    });
    const limit = { max_rows_to_read: 10 };
    const limited = clickhouse.query('SELECT count() FROM numbers(100)', {}, { settings: limit });
    await expect(limited).rejects.toMatchObject({ exceptionCode: 158 });
  });

  test('the database of the URL is the current one', async () => {
    const inside = createClickhouse({ url: `${target.url}/${target.database}`, applicationName: 'ebb-test' });
    expect(await inside.query('SELECT count() AS rows FROM t')).toEqual([{ rows: '2' }]);
    await inside.close();
  });
});

describe('sessions', () => {
  test('keep settings and temporary tables; a setting of one request does not stay', async () => {
    const options = { sessionId: randomUUID() };
    await clickhouse.command('CREATE TEMPORARY TABLE kept (a Int32)', {}, options);
    await clickhouse.command('INSERT INTO kept VALUES (7)', {}, options);
    await clickhouse.command('SET max_block_size = 1234', {}, options);
    const ask = `SELECT a, toString(getSetting('max_block_size')) AS block, getSetting('max_threads') = 5 AS five FROM kept`;
    const settings = { max_threads: 5 };
    expect(await clickhouse.query(ask, {}, { ...options, settings })).toEqual(
      [{ a: 7, block: '1234', five: true }].map(asBits),
    );
    expect(await clickhouse.query(ask, {}, options)).toEqual([{ a: 7, block: '1234', five: false }].map(asBits));
    await expect(clickhouse.query(ask)).rejects.toMatchObject({ exceptionCode: 60 });
  });

  test('are free again the moment their answer is there, and locked while they work', async () => {
    const options = { sessionId: randomUUID() };
    for (let round = 0; round < 50; round += 1) await clickhouse.command(`SET max_threads = ${round + 1}`, {}, options);
    const slow = clickhouse.query('SELECT sleep(3)', {}, options);
    await eventually(
      () => expect(clickhouse.query('SELECT 1', {}, options)).rejects.toMatchObject({ exceptionCode: 373 }),
      {
        timeoutMs: 2_900,
        intervalMs: 5,
      },
    );
    await slow;
    await expect(clickhouse.query('SELECT 1 AS a', {}, options)).resolves.toEqual([{ a: 1 }]);
  });

  test('one that must exist and does not is refused', async () => {
    const params = { session_id: randomUUID(), session_check: '1', query: 'SELECT 1' };
    const { headers } = await rawRequest(target.url, { params });
    expect(headers.get('x-clickhouse-exception-code')).toBe('372');
  });
});

function asBits<T extends { five: boolean }>(row: T): Omit<T, 'five'> & { five: number } {
  return { ...row, five: row.five ? 1 : 0 };
}

describe('the read-only user', () => {
  test('reads', async () => {
    expect(await reader.query(`SELECT name FROM ${table} ORDER BY id`)).toEqual([{ name: 'one' }, { name: 'two' }]);
    expect(await reader.query('SELECT sum(number) AS sum FROM numbers(10)')).toEqual([{ sum: '45' }]);
    expect(await reader.query(`SELECT 'file(' || name AS text FROM ${table} WHERE id = 1`)).toEqual([
      { text: 'file(one' },
    ]);
    await reader.query('SHOW TABLES FROM ' + target.database);
    await reader.query('SELECT 1', {}, { settings: { max_threads: 1 } });
  });

  test.each([
    ['INSERT', (t: string) => `INSERT INTO ${t} VALUES (9, 'x')`],
    ['INSERT of data', (t: string) => `INSERT INTO ${t} FORMAT CSV\n9,x`],
    ['CREATE', (t: string) => `CREATE TABLE ${t}_x (a Int32) ENGINE = Memory`],
    ['DROP', (t: string) => `DROP TABLE ${t}`],
    ['TRUNCATE', (t: string) => `TRUNCATE TABLE ${t}`],
    ['ALTER', (t: string) => `ALTER TABLE ${t} DELETE WHERE 1`],
    ['OPTIMIZE', (t: string) => `OPTIMIZE TABLE ${t}`],
    ['SYSTEM', () => 'SYSTEM DROP MARK CACHE'],
    ['readonly', () => 'SET readonly = 0'],
    ['readonly of a query', () => 'SELECT 1 SETTINGS readonly = 0'],
    ['another role', () => 'SET ROLE ebb_admin'],
    ['comments in front', (t: string) => `/* SELECT */ -- SELECT\n DROP TABLE ${t}`],
    ['a second statement', (t: string) => `SELECT 1; DROP TABLE ${t}`],
    ['a second statement behind quotes', (t: string) => `SELECT 'a\\'; --'; DROP TABLE ${t}`],
    ['a second statement behind a here-document', (t: string) => `SELECT $a$ ' $a$; DROP TABLE ${t}`],
    ['KILL', () => 'KILL QUERY WHERE 1'],
    ['users', () => `CREATE USER x IDENTIFIED BY 'y'`],
    ['grants', () => 'GRANT ALL ON *.* TO CURRENT_USER'],
  ])('may not: %s', async (_, statement) => {
    await expect(reader.command(statement(table))).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await clickhouse.query(`SELECT count() AS rows FROM ${table}`)).toEqual([{ rows: '2' }]);
  });

  test.each([
    `SELECT * FROM file('/etc/passwd', 'LineAsString')`,
    `SELECT file('/etc/passwd')`,
    `SELECT \`file\`('/etc/passwd')`,
    `SELECT "file"('/etc/passwd')`,
    `SELECT file /* */ ('/etc/passwd')`,
    `SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS path)`,
    `SELECT COLUMNS('path') APPLY file FROM (SELECT '/etc/passwd' AS path)`,
    `SELECT arrayMap(p -> file(p), ['/etc/passwd'])`,
    `WITH (SELECT file('/etc/passwd')) AS text SELECT text`,
    `DESCRIBE file('/etc/passwd', 'LineAsString')`,
    `EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString')`,
    `SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString', 'line String')`,
    `SELECT * FROM s3('http://127.0.0.1:1/b/k', 'LineAsString', 'line String')`,
    `SELECT * FROM remote('127.0.0.1', 'system.one')`,
    `SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')`,
    `SELECT * FROM executable('id', 'TSV', 'a String')`,
    `SELECT * FROM icebergLocal('/etc')`,
    `SELECT * FROM sqlite('/etc/passwd', 't')`,
    `SELECT 1 INTO OUTFILE '/tmp/ebb-protocol-test'`,
    `SELECT 1 INTO/* */OUTFILE '/tmp/ebb-protocol-test' AND STDOUT`,
    `INSERT INTO FUNCTION file('/tmp/ebb-protocol-test', 'CSV', 'a Int32') VALUES (1)`,
  ])('reaches no file and no other server: %s', async (sql) => {
    const error: unknown = await reader.query(sql).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REFUSED' });
    expect(String(error)).not.toContain('root:');
  });

  test('neither the query string nor a session lifts its limits', async () => {
    for (const params of [
      { readonly: '0' },
      { readonly: '0', session_id: randomUUID() },
      { dialect: 'kusto' },
    ] as const) {
      const query = `INSERT INTO ${table} SELECT 9, 'x'`;
      const { status } = await rawRequest(target.readerUrl, { params: { ...params, query } });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    const options = { sessionId: randomUUID() };
    await reader.query('SELECT 1', {}, options);
    await expect(reader.command('SET readonly = 0', {}, options)).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(reader.command(`TRUNCATE TABLE ${table}`, {}, options)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await clickhouse.query(`SELECT count() AS rows FROM ${table}`)).toEqual([{ rows: '2' }]);
  });
});
