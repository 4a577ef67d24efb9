import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loginsStep, urlsStep } from './urls-step.ts';

async function linesOf(step: typeof urlsStep, env: Record<string, string>): Promise<string[]> {
  const lines: string[] = [];
  await step(env, (line) => lines.push(line));
  return lines;
}

it('names the published ports and how to see the logins', async () => {
  const lines = await linesOf(urlsStep, { EBB_DASHBOARD_PORT: '13000', EBB_DEMO: 'off' });
  expect(lines).toContainEqual(expect.stringMatching(/Live page +http:\/\/127\.0\.0\.1:13000\//));
  expect(lines).toContainEqual(expect.stringMatching(/Demo shop +http:\/\/127\.0\.0\.1:8090\/demo-shop/));
  expect(lines).toContainEqual(expect.stringMatching(/Demo data +off/));
  expect(lines).toContainEqual(expect.stringContaining('docker compose run --rm logins'));
});

it('prints logins as they are reached from the host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ebb-logins-'));
  try {
    await writeFile(join(folder, 'write_key'), 'ebb_wk_x');
    await writeFile(join(folder, 'airflow_admin_password'), 'e');
    await writeFile(join(folder, 'dashboard_password'), 'g');
    await writeFile(join(folder, 'superset_admin_password'), 'h');
    await writeFile(join(folder, 'superset_viewer_password'), 'i');
    await writeFile(join(folder, 'reader_url'), 'postgresql://ebb_reader:a@postgres:5432/ebb');
    await writeFile(join(folder, 'postgres_url'), 'postgresql://postgres:b@postgres:5432/ebb');
    await writeFile(join(folder, 'clickhouse_reader_url'), 'http://ebb_reader:c@clickhouse:8123');
    await writeFile(join(folder, 'clickhouse_url'), 'http://ebb:d@clickhouse:8123');
    await writeFile(join(folder, 'object_store_access_key'), 'ebb');
    await writeFile(join(folder, 'object_store_secret_key'), 'f');
    const env = { EBB_SECRETS_DIR: folder, EBB_POSTGRES_PORT: '15432', EBB_CLICKHOUSE_PORT: '18123' };
    expect(await linesOf(loginsStep, env)).toEqual([
      'write_key        ebb_wk_x  http://127.0.0.1:8090/',
      'airflow          admin e  http://127.0.0.1:8080/',
      'dashboard        g  http://127.0.0.1:3000/ (asked for beyond this machine)',
      'superset         admin h  http://127.0.0.1:8088/',
      'superset_look    viewer i  http://127.0.0.1:8088/',
      'mail             -  http://127.0.0.1:8025/',
      'kafka_ui         -  http://127.0.0.1:19000/',
      'postgres_read    postgresql://ebb_reader:a@127.0.0.1:15432/ebb',
      'postgres_admin   postgresql://postgres:b@127.0.0.1:15432/ebb',
      'clickhouse_read  http://ebb_reader:c@127.0.0.1:18123/',
      'clickhouse_admin http://ebb:d@127.0.0.1:18123/',
      'files            ebb f  http://127.0.0.1:9000/ (S3, bucket ebb)',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
