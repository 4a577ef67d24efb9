/** Stores the events of orders that are new: the first event of each identity, in a batch the first sent. */
export const STORE_EVENTS = {
  name: 'orders_store_events',
  text: `WITH locked AS MATERIALIZED (
      SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1::bigint[]) key)
    INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
      purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
    SELECT e.source, e.order_id, e.event_id, e.kind, e.order_status, e.status_rank, e.status_time, e.purchase_time,
      e.currency, e.total_amount::numeric, e.document::jsonb, e.schema_version, e._partition, e._offset, e._kafka_time
    FROM locked, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::timestamptz[],
      $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::smallint[], $14::integer[], $15::bigint[],
      $16::timestamptz[]) WITH ORDINALITY AS e (source, order_id, event_id, kind, order_status, status_rank,
      status_time, purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time,
      ordinal)
    ORDER BY e.source COLLATE "C", e.order_id COLLATE "C", e.event_id COLLATE "C", e.ordinal
    ON CONFLICT DO NOTHING
    RETURNING _partition, _offset`,
};

/**
 * Lets the greatest new event of each order compete with the stored state; returns each winner beside the state it
 * replaced. Gets one row per order.
 */
export const RAISE_STATES = {
  name: 'orders_raise_states',
  text: `INSERT INTO sales.orders AS o (source, order_id, kind, user_id, order_status, status_rank, status_time,
      event_id, purchase_time, currency, total_amount, product_lines, payment_method, shipping_address, country,
      _partition, _offset, _kafka_time)
    SELECT source, order_id, kind, user_id, order_status, status_rank, status_time, event_id, purchase_time, currency,
      total_amount::numeric, product_lines, payment_method, shipping_address, country, _partition, _offset, _kafka_time
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[],
      $8::timestamptz[], $9::text[], $10::text[], $11::integer[], $12::text[], $13::text[], $14::text[], $15::text[],
      $16::integer[], $17::bigint[], $18::timestamptz[]) AS e (source, order_id, event_id, kind, order_status,
      status_rank, status_time, purchase_time, currency, total_amount, product_lines, user_id, payment_method,
      shipping_address, country, _partition, _offset, _kafka_time)
    ORDER BY source COLLATE "C", order_id COLLATE "C"
    ON CONFLICT (source, order_id) DO UPDATE SET
      kind = excluded.kind, user_id = excluded.user_id, order_status = excluded.order_status,
      status_rank = excluded.status_rank, status_time = excluded.status_time, event_id = excluded.event_id,
      purchase_time = excluded.purchase_time, currency = excluded.currency, total_amount = excluded.total_amount,
      product_lines = excluded.product_lines, payment_method = excluded.payment_method,
      shipping_address = excluded.shipping_address, country = excluded.country, _partition = excluded._partition,
      _offset = excluded._offset, _kafka_time = excluded._kafka_time, _processed_at = excluded._processed_at
    WHERE (excluded.status_time, excluded.status_rank, excluded.event_id) > (o.status_time, o.status_rank, o.event_id)
    RETURNING new.source, new.order_id, new._partition, new._offset, old.kind AS old_kind,
      old.order_status AS old_status, (extract(epoch FROM old.purchase_time) * 1000)::bigint AS old_purchase_ms,
      old.currency AS old_currency, old.total_amount AS old_total, old.product_lines AS old_lines`,
};

/**
 * Brings the flags of all events of the orders to what their whole set says. A statement of its own: it must see what
 * another transaction stored for the same order before it let go of the order's row.
 */
export const FLAG_TRANSITIONS = {
  name: 'orders_flag_transitions',
  text: `UPDATE sales.order_status_history h SET illegal_transition = f.illegal
    FROM (SELECT DISTINCT t.source, t.order_id FROM unnest($1::text[], $2::text[]) t (source, order_id)) t
    CROSS JOIN LATERAL (
      SELECT e.event_id, NOT sales.is_legal_transition(
        lag(e.order_status) OVER (ORDER BY e.status_time, e.status_rank, e.event_id), e.order_status) AS illegal
      FROM sales.order_status_history e WHERE e.source = t.source AND e.order_id = t.order_id) f
    WHERE h.source = t.source AND h.order_id = t.order_id AND h.event_id = f.event_id
      AND h.illegal_transition <> f.illegal`,
};

/** Removes the lines an order no longer has. */
export const DELETE_ITEMS = {
  name: 'orders_delete_items',
  text: `DELETE FROM sales.order_items i
    USING unnest($1::text[], $2::text[], $3::text[]) c (source, order_id, lines)
    WHERE i.source = c.source AND i.order_id = c.order_id AND i.line_no <> ALL (c.lines::integer[])`,
};

/** Writes only what differs: each written row is a change to everyone who follows this table. */
export const UPSERT_ITEMS = {
  name: 'orders_upsert_items',
  text: `INSERT INTO sales.order_items AS i (source, order_id, line_no, product_id, description, quantity, unit_price)
    SELECT source, order_id, line_no, product_id, description, quantity, unit_price::numeric
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::text[])
      n (source, order_id, line_no, product_id, description, quantity, unit_price)
    ON CONFLICT (source, order_id, line_no) DO UPDATE SET product_id = excluded.product_id,
      description = excluded.description, quantity = excluded.quantity, unit_price = excluded.unit_price
    WHERE (i.product_id, i.description, i.quantity, i.unit_price)
      IS DISTINCT FROM (excluded.product_id, excluded.description, excluded.quantity, excluded.unit_price)`,
};
