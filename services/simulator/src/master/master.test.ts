import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, test } from 'vitest';
import { COUNTRIES } from '../world/attributes.ts';
import { anonymousId, customerId } from '../world/customer-traits.ts';
import { DEFAULT_PARAMETERS } from '../world/parameters.ts';
import { masterIdChunks } from './master-ids.ts';
import { writeProfiles } from './profiles.ts';

const directory = mkdtempSync(join(tmpdir(), 'ebb-profiles-'));
afterAll(() => rmSync(directory, { recursive: true }));

function idsOf(seed: string, count: number): string[] {
  const lines = [...masterIdChunks(seed, count)].join('').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { user_id: string }).user_id);
}

describe('master ids', () => {
  test('are as many UUIDs as asked for, all different', () => {
    const ids = idsOf('42', 25_000);
    expect(ids).toHaveLength(25_000);
    expect(new Set(ids).size).toBe(25_000);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
  });

  test('depend on the seed, and a longer list begins with the shorter one', () => {
    expect(idsOf('42', 200).slice(0, 100)).toEqual(idsOf('42', 100));
    expect(idsOf('42', 1)).not.toEqual(idsOf('43', 1));
    expect(idsOf('42', 3)[2]).toBe(customerId('42', 2));
    expect(anonymousId('42', 2)).not.toBe(customerId('42', 2));
  });
});

describe('profiles', () => {
  const asOfMs = Date.UTC(2026, 10, 1);
  const write = (name: string, seed: string, customers: number): string => {
    const path = join(directory, name);
    writeProfiles(path, { seed, customers, asOfMs, kind: 'bgnbd', parameters: DEFAULT_PARAMETERS });
    return path;
  };

  test('have one row per id with values from the lists', async () => {
    const file = await asyncBufferFromFile(write('a.parquet', '42', 5_000));
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => row['user_id'])).toEqual(idsOf('42', 5_000));
    const distinct = (column: string): Set<unknown> => new Set(rows.map((row) => row[column]));
    expect(distinct('subscription_tier')).toEqual(new Set(['free', 'basic', 'premium']));
    expect(distinct('acquisition_channel')).toEqual(new Set(['social', 'search', 'referral', 'email', 'ads']));
    expect(distinct('country')).toEqual(new Set(COUNTRIES.map(([name]) => name)));
    expect(distinct('email').size).toBe(5_000);
    const days = rows.map((row) => (asOfMs - (row['registration_date'] as Date).getTime()) / 86_400_000);
    expect(Math.min(...days)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...days)).toBeLessThan(730);
  });

  test('are the same bytes for the same seed, in Snappy row groups', async () => {
    const [first, again, other] = [write('b', '42', 101_000), write('c', '42', 101_000), write('d', '7', 101_000)];
    expect(readFileSync(first).equals(readFileSync(again))).toBe(true);
    expect(readFileSync(first).equals(readFileSync(other))).toBe(false);
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(first));
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([100_000, 1_000]);
    expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe('SNAPPY');
  }, 60_000);
});
