import { EbbError } from '@ebb/core';
import { type Pool, withTransaction } from '@ebb/postgres';
import type { ConnectClient } from '../connect/connect-client.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import { BEAT_SQL, connectorName, SIGNAL_TABLE, slotName } from '../names.ts';
import { closeResnapshot, epochReason, readNext } from '../resnapshots/store.ts';
import type { Action } from './actions.ts';

export interface ExecuteDeps {
  pool: Pool;
  connect: ConnectClient;
}

const LAST_EPOCH = 65_535;

/** Carries out one action. */
export async function execute(action: Action, { pool, connect }: ExecuteDeps): Promise<void> {
  switch (action.kind) {
    case 'begin_epoch':
      return beginEpoch(pool, action);
    case 'create_connector':
      return connect.create(action.name, action.definition);
    case 'configure_connector':
      return connect.configure(action.name, action.definition);
    case 'set_state':
      return connect.setState(action.name, action.state);
    case 'restart_failed':
      return connect.restartFailed(action.name);
    case 'remove_connector':
      return connect.remove(action.name);
    case 'drop_slot':
      return dropSlot(pool, action);
    case 'note_slot_seen':
      await note(pool, 'slot_seen_at', action.epoch);
      // A position is stored after the first change that came through the slot; the connector's own beats may be rare.
      await pool.query(BEAT_SQL);
      return;
    case 'note_snapshot_completed':
      return note(pool, 'snapshot_completed_at', action.epoch);
    case 'read_next':
      return readNext(pool, action.of);
    case 'close_resnapshot':
      return closeResnapshot(pool, action.id, action.outcome);
  }
}

/**
 * The schemas as they are now, the number of the epoch and the end of the one before, together or not at all. What
 * follows in Connect and among the slots follows from the number.
 */
async function beginEpoch(pool: Pool, { epoch, reason }: { epoch: number; reason: string }): Promise<void> {
  if (epoch > LAST_EPOCH) {
    throw new EbbError<ConnectorErrorCode>('EPOCHS_EXHAUSTED', `no epoch is left after ${LAST_EPOCH}`);
  }
  await withTransaction(pool, async (client) => {
    await client.query('UPDATE ops.cdc_epochs SET retired_at = now() WHERE retired_at IS NULL');
    await client.query(
      `INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, reason, first_ddl_id)
       SELECT $1::integer, $2, $3, system_identifier::text, $4::text,
         ops.record_initial_schemas('epoch ' || $1::integer || ': ' || $4::text)
       FROM pg_control_system()`,
      [epoch, slotName(epoch), connectorName(epoch), reason],
    );
    // The new epoch reads every table anyway, once its slot keeps the log.
    await client.query(
      `UPDATE ops.cdc_resnapshots SET completed_at = now(), outcome = 'superseded' WHERE completed_at IS NULL`,
    );
    await client.query(`DELETE FROM ${SIGNAL_TABLE}`);
    await client.query(
      `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason)
       SELECT t.schema_name, t.table_name, $1
       FROM ops.captured_tables() t JOIN pg_index k ON k.indrelid = t.table_oid AND k.indisprimary
       WHERE t.schema_name <> 'ops' ORDER BY 1, 2`,
      [epochReason(epoch)],
    );
  });
}

async function dropSlot(pool: Pool, { slot, activePid }: { slot: string; activePid: number | null }): Promise<void> {
  if (activePid !== null) await pool.query('SELECT pg_terminate_backend($1, 5000)', [activePid]);
  await pool.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
     WHERE slot_name = $1 AND database = current_database() AND NOT active`,
    [slot],
  );
}

async function note(pool: Pool, column: 'slot_seen_at' | 'snapshot_completed_at', epoch: number): Promise<void> {
  await pool.query(`UPDATE ops.cdc_epochs SET ${column} = now() WHERE epoch = $1 AND ${column} IS NULL`, [epoch]);
}
