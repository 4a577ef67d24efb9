import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { stackHome } from './home.ts';
import { markRestored, noteRestore } from './restored.ts';

test('the first start after a restore ends the epoch, once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ebb-restored-'));
  const home = stackHome({ EBB_HOME: root });
  const { url, pool } = await testPostgres();
  const beginEpoch = (epoch: number): Promise<unknown> =>
    pool.query(
      `INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, reason, first_ddl_id)
      VALUES ($1, 's', 'c', '1', 'first start', 1)`,
      [epoch],
    );
  const current = async (): Promise<unknown> =>
    (await pool.query('SELECT epoch FROM ops.cdc_epochs WHERE retired_at IS NULL')).rows;
  await beginEpoch(1);
  expect(await noteRestore(home, url)).toBeNull();
  expect(await current()).toEqual([{ epoch: 1 }]);

  const restored = { backup: 'b1', at: '2026-11-21T12:00:00.000Z' };
  markRestored(home, restored);
  expect(await noteRestore(home, url)).toEqual(restored);
  expect(await current()).toEqual([]);
  const { rows } = await pool.query("SELECT value FROM ops.settings WHERE key = 'restored'");
  expect(rows).toEqual([{ value: JSON.stringify(restored) }]);

  await beginEpoch(2);
  expect(await noteRestore(home, url)).toBeNull();
  expect(await current()).toEqual([{ epoch: 2 }]);
  rmSync(root, { recursive: true });
});
