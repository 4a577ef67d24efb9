-- Customers, and what passes between them and the business. Keys are (source, id): the web shop's rows carry the ids of
-- its events and orders, the bank's those of its source system. All of it is captured: rows here are changed and deleted.

CREATE TABLE crm.customers (
  source text COLLATE "C" NOT NULL CHECK (source ~ '^[a-z][a-z0-9_]{0,31}$'),
  -- Opaque; the shop's are the user_id of its events.
  customer_id text COLLATE "C" NOT NULL CHECK (customer_id <> ''),
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text,
  age smallint CHECK (age BETWEEN 0 AND 130),
  gender text CHECK (gender IN ('Male', 'Female', 'Other')),
  geography text NOT NULL CHECK (geography <> ''),
  -- As the source system flags it. Not the same as not churned: see crm.churn_as_of.
  is_active boolean NOT NULL DEFAULT true,
  -- As the source system recorded it at its last edit; it does not grow by itself, date_opened is what to compute from.
  tenure_months integer CHECK (tenure_months >= 0),
  date_opened date NOT NULL,
  -- When the customer closed the account; null while it is open.
  churned_at timestamptz,
  -- The shop's profile; null where the source has none.
  subscription_tier text CHECK (subscription_tier IN ('free', 'basic', 'premium')),
  acquisition_channel text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, customer_id),
  CONSTRAINT customers_geography CHECK (
    source <> 'bank' OR geography IN ('Egypt', 'UAE', 'Saudi Arabia', 'Qatar', 'Bahrain', 'Kuwait')
  ),
  CONSTRAINT customers_closed_is_inactive CHECK (churned_at IS NULL OR NOT is_active)
);

-- Movements on a customer's account with the business: bank bookings, the shop's wallet. What is bought in the shop
-- stands in sales.orders alone; the two are never added up.
CREATE TABLE crm.transactions (
  source text COLLATE "C" NOT NULL,
  transaction_id text COLLATE "C" NOT NULL CHECK (transaction_id <> ''),
  customer_id text COLLATE "C" NOT NULL,
  transaction_type text NOT NULL CHECK (
    transaction_type IN (
      -- Onto the account,
      'deposit', 'transfer_in', 'interest', 'top_up', 'refund',
      -- and off it.
      'withdrawal', 'transfer_out', 'card_payment', 'loan_repayment', 'fee', 'redemption'
    )
  ),
  -- Without a sign: the type says which way it goes.
  amount numeric(20, 4) NOT NULL CHECK (amount >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'failed', 'reversed')),
  occurred_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, transaction_id)
);
CREATE INDEX transactions_customer ON crm.transactions (source, customer_id, occurred_at);

CREATE TABLE crm.support_tickets (
  source text COLLATE "C" NOT NULL,
  ticket_id text COLLATE "C" NOT NULL CHECK (ticket_id <> ''),
  customer_id text COLLATE "C" NOT NULL,
  issue_type text NOT NULL CHECK (issue_type <> ''),
  severity text NOT NULL CHECK (severity IN ('Low', 'Medium', 'High')),
  -- What the customer and the agents wrote; may be long.
  description text,
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz,
  -- Hours from opened_at to resolved_at; null while the ticket is open. Stored, because logical replication leaves
  -- generated columns out.
  resolution_time_hrs numeric(10, 2),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, ticket_id),
  CONSTRAINT support_tickets_issue_type CHECK (
    CASE source
      WHEN 'bank' THEN issue_type IN (
        'Login Issue', 'Card Blocked', 'Payment Delay', 'Account Locked', 'App Crash', 'Loan Inquiry',
        'Transfer Error', 'ATM Failure', 'Cheque Issue', 'KYC Update', 'Card Lost', 'Loan Delay', 'App Freeze',
        'Double Deduction', 'Card Declined', 'Mobile Token Fail', 'Password Reset'
      )
      WHEN 'shop' THEN issue_type IN (
        'Login Issue', 'Payment Delay', 'Account Locked', 'App Crash', 'App Freeze', 'Double Deduction',
        'Card Declined', 'Password Reset', 'Late Delivery', 'Damaged Item', 'Wrong Item', 'Refund Delay'
      )
      ELSE true
    END
  ),
  CONSTRAINT support_tickets_resolution CHECK (
    (resolved_at IS NULL) = (resolution_time_hrs IS NULL)
    AND (resolved_at IS NULL OR resolution_time_hrs = round(extract(epoch FROM resolved_at - opened_at) / 3600, 2))
    AND (resolved_at IS NULL OR resolved_at >= opened_at)
  )
);
CREATE INDEX support_tickets_customer ON crm.support_tickets (source, customer_id, opened_at);

CREATE TABLE crm.offers (
  source text COLLATE "C" NOT NULL,
  offer_id text COLLATE "C" NOT NULL CHECK (offer_id <> ''),
  customer_id text COLLATE "C" NOT NULL,
  offer_type text NOT NULL CHECK (offer_type <> ''),
  -- Null until the customer answers.
  accepted boolean,
  date_offered date NOT NULL,
  responded_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, offer_id),
  CONSTRAINT offers_type CHECK (
    CASE source
      WHEN 'bank' THEN offer_type IN ('Credit Card', 'Personal Loan', 'Savings Account', 'Cashback', 'Insurance')
      WHEN 'shop' THEN offer_type IN ('Cashback', 'Discount', 'Free Shipping', 'Membership', 'Gift Card')
      ELSE true
    END
  ),
  CONSTRAINT offers_answer CHECK ((accepted IS NULL) = (responded_at IS NULL))
);
CREATE INDEX offers_customer ON crm.offers (source, customer_id, date_offered);

-- A month's statement of one product of a customer.
CREATE TABLE crm.usage_logs (
  source text COLLATE "C" NOT NULL,
  usage_log_id text COLLATE "C" NOT NULL CHECK (usage_log_id <> ''),
  customer_id text COLLATE "C" NOT NULL,
  product_type text NOT NULL CHECK (product_type <> ''),
  -- First day of the month.
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  -- Negative where the customer owes.
  monthly_balance numeric(20, 4) NOT NULL,
  -- Products the customer holds in that month, of any type.
  num_products integer NOT NULL CHECK (num_products >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, usage_log_id),
  CONSTRAINT usage_logs_month UNIQUE (source, customer_id, product_type, month),
  CONSTRAINT usage_logs_product CHECK (
    CASE source
      WHEN 'bank' THEN product_type IN ('Credit Card', 'Personal Loan', 'Savings Account', 'Cashback', 'Insurance')
      WHEN 'shop' THEN product_type IN ('Store Credit', 'Gift Card', 'Membership')
      ELSE true
    END
  )
);

CREATE FUNCTION crm.touch() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END
$$;

-- A customer goes with everything that is theirs or not at all: no cascade that deletes history by accident. Deferrable,
-- so that a transaction may delete a customer and put it back while its rows stay.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['customers', 'transactions', 'support_tickets', 'offers', 'usage_logs'] LOOP
    EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON crm.%I FOR EACH ROW EXECUTE FUNCTION crm.touch()', name);
    -- Whole old rows in the log: without them an unchanged large value is missing downstream.
    EXECUTE format('ALTER TABLE crm.%I REPLICA IDENTITY FULL', name);
    IF name <> 'customers' THEN
      EXECUTE format('ALTER TABLE crm.%I ADD CONSTRAINT %I FOREIGN KEY (source, customer_id)
        REFERENCES crm.customers (source, customer_id) DEFERRABLE INITIALLY IMMEDIATE', name, name || '_customer_fk');
    END IF;
  END LOOP;
END
$$;

-- Who has churned at the end of a business day: closed the account, or did nothing for `inactive_days` days. Doing
-- something is a transaction of one's own (not the bank's fee or interest, nor a failed one), a ticket, an accepted
-- offer, or opening the account. Only customers there were by then, and only what had happened by then.
CREATE FUNCTION crm.churn_as_of(as_of date, inactive_days integer DEFAULT 90)
RETURNS TABLE (
  source text,
  customer_id text,
  is_churned boolean,
  -- closed or inactive; null for who has not churned.
  reason text,
  last_activity_on date
)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH clock AS (
    SELECT kpi.business_timezone() AS zone,
      ((churn_as_of.as_of + 1)::timestamp AT TIME ZONE kpi.business_timezone()) AS ends
  ), activity AS (
    SELECT t.source, t.customer_id, max(t.occurred_at) AS at FROM crm.transactions t, clock
    WHERE t.occurred_at < clock.ends AND t.transaction_type NOT IN ('fee', 'interest') AND t.status <> 'failed'
    GROUP BY t.source, t.customer_id
    UNION ALL
    SELECT s.source, s.customer_id, max(s.opened_at) FROM crm.support_tickets s, clock
    WHERE s.opened_at < clock.ends GROUP BY s.source, s.customer_id
    UNION ALL
    SELECT o.source, o.customer_id, max(o.responded_at) FROM crm.offers o, clock
    WHERE o.responded_at < clock.ends AND o.accepted GROUP BY o.source, o.customer_id
  ), last AS (
    SELECT a.source, a.customer_id, max(a.at) AS at FROM activity a GROUP BY a.source, a.customer_id
  ), status AS (
    SELECT c.source, c.customer_id, coalesce(c.churned_at < clock.ends, false) AS is_closed,
      greatest(c.date_opened, (last.at AT TIME ZONE clock.zone)::date) AS last_activity_on
    FROM crm.customers c CROSS JOIN clock
    LEFT JOIN last ON last.source = c.source AND last.customer_id = c.customer_id
    WHERE c.date_opened <= churn_as_of.as_of
  ), verdict AS (
    SELECT s.*, CASE
      WHEN s.is_closed THEN 'closed'
      WHEN churn_as_of.as_of - s.last_activity_on >= churn_as_of.inactive_days THEN 'inactive'
    END AS reason
    FROM status s
  )
  SELECT v.source, v.customer_id, v.reason IS NOT NULL, v.reason, v.last_activity_on FROM verdict v;
END;

-- How far each simulated or loaded world has come. Moved only in the transaction that writes the step, from the value
-- the writer started at: after a kill -9 it goes on where it was, and a second writer's update matches no row.
CREATE TABLE ops.simulator_progress (
  name text PRIMARY KEY,
  -- Everything the steps depend on; another plan under the same name is refused.
  plan text NOT NULL,
  next_step bigint NOT NULL CHECK (next_step >= 0),
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);

GRANT USAGE ON SCHEMA crm, ops TO ebb_simulator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crm TO ebb_simulator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.simulator_progress TO ebb_simulator;
