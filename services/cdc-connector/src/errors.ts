/**
 * What can go wrong around the capture.
 *
 * - `CONNECT_UNREACHABLE`: Kafka Connect does not answer, or is rebalancing; worth trying again.
 * - `CONNECT_REFUSED`: it answers and refuses; the message carries its words.
 * - `EPOCHS_EXHAUSTED`: no number is left for a further epoch (65535).
 */
export type ConnectorErrorCode = 'CONNECT_UNREACHABLE' | 'CONNECT_REFUSED' | 'EPOCHS_EXHAUSTED';
