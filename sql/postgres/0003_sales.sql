-- Order documents: every state they were in, and the current one.

-- One row per accepted purchase event, identity (source, order_id, event_id); the first offset wins.
CREATE TABLE sales.order_status_history (
  source text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('order', 'credit_note', 'adjustment')),
  order_status text NOT NULL,
  status_rank smallint NOT NULL,
  status_time timestamptz NOT NULL,
  purchase_time timestamptz NOT NULL,
  currency text NOT NULL,
  total_amount numeric(20, 4) NOT NULL,
  -- The whole event as it was accepted.
  document jsonb NOT NULL,
  -- Whether the step from the document's previous event to this one is not a legal one. A function of the document's
  -- set of events alone: a late event changes the flag of the one that now follows it.
  illegal_transition boolean NOT NULL DEFAULT false,
  schema_version smallint NOT NULL,
  _partition integer NOT NULL,
  _offset bigint NOT NULL,
  _kafka_time timestamptz NOT NULL,
  _processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, order_id, event_id)
);
CREATE INDEX order_status_history_illegal ON sales.order_status_history (status_time) WHERE illegal_transition;

-- Current state: that of the event with the greatest (status_time, status_rank, event_id).
CREATE TABLE sales.orders (
  source text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('order', 'credit_note', 'adjustment')),
  user_id text,
  order_status text NOT NULL,
  status_rank smallint NOT NULL,
  status_time timestamptz NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  purchase_time timestamptz NOT NULL,
  currency text NOT NULL,
  total_amount numeric(20, 4) NOT NULL,
  -- Item lines of positive quantity.
  product_lines integer NOT NULL,
  payment_method text,
  shipping_address text,
  country text,
  _partition integer NOT NULL,
  _offset bigint NOT NULL,
  _kafka_time timestamptz NOT NULL,
  _processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, order_id)
);
CREATE INDEX orders_purchase_time ON sales.orders (purchase_time);
CREATE INDEX orders_user ON sales.orders (user_id, source) WHERE user_id IS NOT NULL;

CREATE TABLE sales.order_items (
  source text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  line_no integer NOT NULL,
  product_id text NOT NULL,
  description text,
  quantity integer NOT NULL,
  unit_price numeric(20, 4) NOT NULL,
  PRIMARY KEY (source, order_id, line_no)
);

-- Captured tables that are updated carry whole old rows: without them an unchanged large value is missing downstream.
ALTER TABLE sales.order_status_history REPLICA IDENTITY FULL;
ALTER TABLE sales.orders REPLICA IDENTITY FULL;
ALTER TABLE sales.order_items REPLICA IDENTITY FULL;

-- Steps an order may take; skipping ahead is legal, since an event in between may be missing, going back is not.
CREATE FUNCTION sales.is_legal_transition(from_status text, to_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN from_status IS NULL OR from_status = to_status THEN true
  WHEN from_status = 'processing' THEN to_status IN ('shipped', 'completed', 'cancelled')
  WHEN from_status = 'shipped' THEN to_status IN ('completed', 'returned')
  WHEN from_status = 'completed' THEN to_status = 'returned'
  ELSE false
END;

GRANT USAGE ON SCHEMA sales TO ebb_aggregator;
GRANT SELECT, INSERT, UPDATE ON sales.order_status_history, sales.orders TO ebb_aggregator;
GRANT SELECT, INSERT, UPDATE, DELETE ON sales.order_items TO ebb_aggregator;
