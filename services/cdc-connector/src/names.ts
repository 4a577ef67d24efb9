/** Names that services, warehouse and tools rely on; a change of one is a change of all. */
export const PUBLICATION = 'ebb_cdc';
export const TOPIC_PREFIX = 'cdc';
export const NOTIFICATION_TOPIC = 'cdc.notifications';
export const HEARTBEAT_TABLE_TOPIC = 'cdc.ops.cdc_heartbeat';
export const EPOCH_HEADER = 'ebb-epoch';
/** One beat: a change that says how far the log has come out of the connector. */
export const BEAT_SQL = 'UPDATE ops.cdc_heartbeat SET beat_at = clock_timestamp(), beats = beats + 1';
export const HEARTBEAT_TOPIC_PREFIX = 'ebb-heartbeat';
export const SIGNAL_TABLE = 'ops.cdc_signals';
export const CAPTURED_SCHEMAS = ['crm', 'sales'] as const;
export const CAPTURED_OPS_TABLES = ['ddl_history', 'cdc_heartbeat', 'cdc_signals'] as const;

const CONNECTOR_PREFIX = 'ebb-cdc-';
const SLOT_PREFIX = 'ebb_cdc_';

export function connectorName(epoch: number): string {
  return `${CONNECTOR_PREFIX}${epoch}`;
}

export function slotName(epoch: number): string {
  return `${SLOT_PREFIX}${epoch}`;
}

/** Null for what is not ours. */
export function epochOfConnector(name: string): number | null {
  return epochOf(name, CONNECTOR_PREFIX);
}

export function epochOfSlot(name: string): number | null {
  return epochOf(name, SLOT_PREFIX);
}

function epochOf(name: string, prefix: string): number | null {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^[1-9]\d*$/.test(rest) ? Number(rest) : null;
}
