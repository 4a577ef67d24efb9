import { hash } from 'node:crypto';
import { type AcceptedPurchaseEvent, jsonbText } from '@ebb/contracts';
import { formatMoney } from '@ebb/core';

/**
 * 64 bits of everything that is stored of a purchase event and never changed afterwards, unsigned: what the database
 * computes from the stored row as ops.purchase_checksum (there signed). The first 8 bytes of a SHA-256.
 */
export function purchaseChecksum(event: AcceptedPurchaseEvent): bigint {
  const text = [
    event.source,
    event.orderId,
    event.eventId,
    event.kind,
    event.status,
    event.statusRank,
    event.statusTimeMs,
    event.purchaseTimeMs,
    event.currency,
    formatMoney(event.totalAmount).replace(/\.?0+$/, ''),
    jsonbText(event.document),
  ].join('\n');
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`);
}
