import { type Money, timesQuantity } from '@ebb/core';
import type { RetailLine } from './retail-line.ts';

export type RetailKind = 'order' | 'credit_note' | 'adjustment';

/** All lines of one invoice. */
export interface RetailDocument {
  invoice: string;
  kind: RetailKind;
  /** Time of its earliest line, UTC. */
  timeMs: number;
  customerId: string | null;
  country: string | null;
  total: Money;
  /** In the order of the file. */
  lines: RetailLine[];
}

/** Gathers lines by invoice, wherever in the file they stand; a document's lines need not be neighbours. */
export class DocumentBuilder {
  readonly #byInvoice = new Map<string, RetailLine[]>();

  add(line: RetailLine): void {
    const lines = this.#byInvoice.get(line.invoice);
    if (lines === undefined) this.#byInvoice.set(line.invoice, [line]);
    else lines.push(line);
  }

  /** Documents by time; those of equal time in the order in which the file began them, so every run has one order. */
  build(): RetailDocument[] {
    const documents = [...this.#byInvoice].map(([invoice, lines]) => buildDocument(invoice, lines));
    return documents.toSorted((a, b) => a.timeMs - b.timeMs);
  }
}

function buildDocument(invoice: string, lines: RetailLine[]): RetailDocument {
  let total = 0n;
  let timeMs = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    total += timesQuantity(line.unitPrice, line.quantity);
    timeMs = Math.min(timeMs, line.timeMs);
  }
  return {
    invoice,
    kind: documentKind(invoice, lines, total),
    timeMs,
    customerId: lines.find((line) => line.customerId !== null)?.customerId ?? null,
    country: lines.find((line) => line.country !== null)?.country ?? null,
    total,
    lines,
  };
}

/**
 * `C…` is a credit note, even one of positive amount. A write-off (`A…`), a document that delivers nothing and one
 * without value are adjustments: they are no sale and no return.
 */
export function documentKind(invoice: string, lines: readonly { quantity: number }[], total: Money): RetailKind {
  if (invoice.startsWith('C')) return 'credit_note';
  const isSale = !invoice.startsWith('A') && total > 0n && lines.some((line) => line.quantity > 0);
  return isSale ? 'order' : 'adjustment';
}
