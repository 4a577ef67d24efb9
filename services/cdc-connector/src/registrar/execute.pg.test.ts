import { testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { ConnectClient } from '../connect/connect-client.ts';
import { execute } from './execute.ts';

test('when the slot is seen a change is made that comes through it', async () => {
  const { pool } = await testPostgres();
  await pool.query(
    `INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, reason, first_ddl_id)
     VALUES (1, 's', 'c', '1', 'test', 1)`,
  );
  const look = async (): Promise<unknown> =>
    (
      await pool.query(
        'SELECT slot_seen_at IS NOT NULL AS seen, beats::integer AS beats FROM ops.cdc_epochs, ops.cdc_heartbeat',
      )
    ).rows;
  expect(await look()).toEqual([{ seen: false, beats: 0 }]);
  const connect = new ConnectClient('http://127.0.0.1:1');
  await execute({ kind: 'note_slot_seen', epoch: 1 }, { pool, connect });
  expect(await look()).toEqual([{ seen: true, beats: 1 }]);
});
