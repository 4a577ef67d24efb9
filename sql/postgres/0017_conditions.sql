-- What is not as it should be on the way of events and changes: for whoever watches by a clock, and for people.

-- All hops; the aggregator's is known from its watermarks, the others report themselves.
CREATE VIEW ops.hop_states AS
SELECT 'events_to_postgres' AS hop,
  CASE WHEN bool_and(caught_up_at IS NOT NULL) THEN min(greatest(caught_up_at, event_time)) END AS as_of,
  NULL::bigint AS backlog, (SELECT min(alarm) FROM stream.consumer_offsets) AS problem, max(updated_at) AS updated_at
FROM stream.watermarks
UNION ALL
SELECT hop, as_of, backlog, problem, updated_at FROM ops.hops;

-- One row per condition and the thing it concerns; none when all is well. The two name the condition from look to look:
-- detail may change while it lasts.
CREATE VIEW ops.stream_conditions AS
WITH limits AS (
  -- Rows of ops.settings change them.
  SELECT
    -- How far a hop may be behind, how long it may be silent, and a slot unread.
    coalesce(max(value) FILTER (WHERE key = 'alert_max_delay'), '10 minutes')::interval AS max_delay,
    -- Log that may be kept for a slot.
    coalesce(max(value) FILTER (WHERE key = 'alert_max_slot_bytes'), '1073741824')::bigint AS max_slot_bytes,
    -- Dead letters of a reason that are worth a look: at least this many, and this share of all messages, in three hours.
    coalesce(max(value) FILTER (WHERE key = 'alert_min_dead_letters'), '10')::bigint AS min_dead_letters,
    coalesce(max(value) FILTER (WHERE key = 'alert_max_dead_share'), '0.001')::numeric AS max_dead_share,
    -- Since the ledger last could check everything it had to.
    coalesce(max(value) FILTER (WHERE key = 'alert_max_unchecked'), '1 hour')::interval AS max_unchecked,
    -- Without a single new message in a topic that had some.
    coalesce(max(value) FILTER (WHERE key = 'alert_max_silence'), '1 day')::interval AS max_silence
  FROM ops.settings
), hops AS (
  SELECT CASE WHEN updated_at < now() - max_delay THEN 'hop_silent' WHEN problem IS NOT NULL THEN 'hop_problem'
      WHEN as_of < now() - max_delay THEN 'hop_late' END AS condition, h.*
  FROM ops.hop_states h, limits
), slots AS (
  -- A quarter of its allowance left: the same share as the connector's own warning.
  SELECT slot_name,
    CASE WHEN wal_status IN ('unreserved', 'lost') OR safe_wal_size < 0.25 * kept.bytes THEN 'slot_at_risk'
      WHEN NOT active AND inactive_since < now() - max_delay THEN 'slot_unread'
      WHEN pg_current_wal_lsn() - confirmed_flush_lsn > max_slot_bytes THEN 'slot_behind' END AS condition,
    pg_size_pretty(pg_current_wal_lsn() - confirmed_flush_lsn) AS behind, safe_wal_size, wal_status, inactive_since
  FROM pg_replication_slots, limits,
    (SELECT nullif(setting::bigint, -1) * 1048576 AS bytes FROM pg_settings WHERE name = 'max_slot_wal_keep_size') kept
  WHERE slot_type = 'logical' AND NOT temporary AND database = current_database()
), dead AS (
  SELECT code, count(*) AS letters, min(failed_at) AS since FROM stream.dead_letters
  WHERE failed_at > now() - interval '3 hours' AND replayed_at IS NULL AND dropped_at IS NULL
  GROUP BY code
)
SELECT condition, hop AS subject, CASE condition WHEN 'hop_late' THEN as_of WHEN 'hop_silent' THEN updated_at END AS since,
  CASE condition WHEN 'hop_problem' THEN problem
    WHEN 'hop_late' THEN concat('everything up to ', to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
      ' UTC has passed, nothing later', ', waiting: ' || backlog)
    ELSE concat('has not reported since ', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), ' UTC') END
    AS detail,
  'look whether the service runs and what it says: ebb status, ebb logs' AS advice
FROM hops WHERE condition IS NOT NULL
UNION ALL
SELECT condition, slot_name, CASE condition WHEN 'slot_unread' THEN inactive_since END,
  CASE condition WHEN 'slot_at_risk'
      THEN concat('Postgres will drop its log after ', pg_size_pretty(safe_wal_size) || ' more', ' (', wal_status, ')')
    WHEN 'slot_unread' THEN concat('nobody reads it, ', behind, ' of log wait')
    ELSE concat(behind, ' of log wait for the connector') END,
  'look why the connector does not keep up: ebb cdc status, ebb logs connect; a lost slot means reading every table again'
FROM slots WHERE condition IS NOT NULL
UNION ALL
SELECT 'dead_letters', code, since, concat(letters, ' messages of the last three hours were refused'),
  concat('see what they are: ebb dlq list --reason ', code, '; once mended: ebb dlq replay')
FROM dead, limits, (SELECT coalesce(sum(messages), 0) AS messages FROM ops.batch_ledger
  WHERE minute > now() - interval '3 hours') read
WHERE letters >= min_dead_letters AND letters > max_dead_share * messages
UNION ALL
SELECT 'ledger_findings', concat(table_name, ' ', kind), min(first_seen),
  concat(count(*), ' rows, ', string_agg(DISTINCT coalesce(hop, 'hop not known'), ', ')),
  'see which: ebb ledger show; where they went wrong: ebb ledger trace ID; mend them: ebb ledger repair'
FROM ops.ledger WHERE closed_at IS NULL
GROUP BY table_name, kind
UNION ALL
SELECT 'ledger_unchecked', 'ledger', last_whole, concat('no complete check since ',
    to_char(last_whole AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC', ': ' || problems),
  'what it could not check, and why: ebb ledger show; whether it runs: ebb status'
FROM limits, (SELECT coalesce(max(finished_at) FILTER (WHERE problems = '{}'), min(started_at)) AS last_whole,
    (SELECT nullif(array_to_string(problems, '; '), '') FROM ops.ledger_cycles ORDER BY id DESC LIMIT 1) AS problems
  FROM ops.ledger_cycles) cycles
WHERE last_whole < now() - max_unchecked
UNION ALL
SELECT 'topic_silent', o.topic, max(o.updated_at), concat('no message since ',
    to_char(max(o.updated_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), ' UTC'),
  'look whether senders still send, and what the collector answers them: ebb logs collector'
FROM stream.consumer_offsets o JOIN stream.watermarks w USING (topic, partition), limits
WHERE o.next_offset > 0
GROUP BY o.topic, max_silence
HAVING max(o.updated_at) < now() - max_silence;

GRANT SELECT ON ops.hop_states TO ebb_dashboard, ebb_reader, ebb_ledger;
GRANT SELECT ON ops.stream_conditions TO ebb_airflow, ebb_dashboard, ebb_reader, ebb_ledger;
