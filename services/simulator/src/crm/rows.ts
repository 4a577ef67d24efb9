export type CrmTable = 'customers' | 'transactions' | 'support_tickets' | 'offers' | 'usage_logs';

/** Times are ISO 8601 texts, days `YYYY-MM-DD`, amounts plain decimals: nothing passes through a float. */
export type CrmValue = string | number | boolean | null;
export type CrmValues = Readonly<Record<string, CrmValue>>;

/** A change of one row, or the deletion of all rows of a customer in one table. */
export type CrmChange =
  | { op: 'insert'; table: CrmTable; customerId: string; id: string; values: CrmValues }
  | { op: 'update'; table: CrmTable; customerId: string; id: string; values: CrmValues }
  | { op: 'delete'; table: CrmTable; customerId: string; id: string }
  | { op: 'delete_all'; table: CrmTable; customerId: string; rows: number };

export interface CrmTableShape {
  /** Column of the row's own id. */
  id: string;
  /** Postgres types of all columns but the source and the id, in no particular order. */
  types: Readonly<Record<string, string>>;
}

export const CRM_TABLES: Readonly<Record<CrmTable, CrmTableShape>> = {
  customers: {
    id: 'customer_id',
    types: {
      first_name: 'text',
      last_name: 'text',
      email: 'text',
      age: 'smallint',
      gender: 'text',
      geography: 'text',
      is_active: 'boolean',
      tenure_months: 'integer',
      date_opened: 'date',
      churned_at: 'timestamptz',
      subscription_tier: 'text',
      acquisition_channel: 'text',
    },
  },
  transactions: {
    id: 'transaction_id',
    types: {
      customer_id: 'text',
      transaction_type: 'text',
      amount: 'numeric',
      currency: 'text',
      status: 'text',
      occurred_at: 'timestamptz',
    },
  },
  support_tickets: {
    id: 'ticket_id',
    types: {
      customer_id: 'text',
      issue_type: 'text',
      severity: 'text',
      description: 'text',
      opened_at: 'timestamptz',
      resolved_at: 'timestamptz',
      resolution_time_hrs: 'numeric',
    },
  },
  offers: {
    id: 'offer_id',
    types: {
      customer_id: 'text',
      offer_type: 'text',
      accepted: 'boolean',
      date_offered: 'date',
      responded_at: 'timestamptz',
    },
  },
  usage_logs: {
    id: 'usage_log_id',
    types: {
      customer_id: 'text',
      product_type: 'text',
      month: 'date',
      monthly_balance: 'numeric',
      num_products: 'integer',
    },
  },
};

/** Rows that a change touches. */
export function rowsOf(change: CrmChange): number {
  return change.op === 'delete_all' ? change.rows : 1;
}

/** Hours between two moments, to two places, as Postgres rounds them: half away from zero. */
export function hoursBetween(fromMs: number, toMs: number): string {
  const hundredths = BigInt(toMs - fromMs) * 100n;
  const rounded = (hundredths + 1_800_000n) / 3_600_000n;
  return `${rounded / 100n}.${(rounded % 100n).toString().padStart(2, '0')}`;
}
