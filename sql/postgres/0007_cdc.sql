-- Change data capture: what is published, every schema a captured table ever had, and the connector's own tables.

-- As in 0001: roles belong to the server. Logical replication needs the attribute REPLICATION, which a managed server
-- may only grant through a role of its own.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['ebb_connector', 'ebb_sink', 'ebb_ledger'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
  BEGIN
    IF NOT (SELECT rolreplication FROM pg_roles WHERE rolname = 'ebb_connector') THEN
      ALTER ROLE ebb_connector REPLICATION;
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'ebb_connector cannot be given REPLICATION by %: grant it by hand (on RDS: GRANT rds_replication)', current_user;
  -- Another database's migration did it at the same moment ("tuple concurrently updated").
  WHEN internal_error THEN
    NULL;
  END;
END
$$;

-- Every column set of every captured table, in the order of the log: a change at LSN x was made under the last row of
-- its table with lsn <= x, exactly, because changing columns excludes all writers of the table.
-- Written in the DDL's own transaction by the event triggers below, hence committed with it or not at all.
CREATE TABLE ops.ddl_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lsn pg_lsn NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  by text NOT NULL DEFAULT session_user,
  -- drift: found by comparing, so lsn is when it was found. initial: what was there when an epoch began.
  origin text NOT NULL CHECK (origin IN ('trigger', 'drift', 'initial')),
  kind text NOT NULL CHECK (kind IN ('create', 'alter', 'rename', 'drop', 'initial', 'drift')),
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- Identity of the table, as attnum is that of a column: both outlive a rename.
  table_oid oid NOT NULL,
  command text,
  -- Stored rows got other values without a row change in the log: they have to be read again.
  rewrites boolean NOT NULL DEFAULT false,
  columns jsonb NOT NULL
);
CREATE INDEX ddl_history_table ON ops.ddl_history (table_oid, id DESC);

-- One row that is updated all the time: it moves the slot on while captured tables rest.
CREATE TABLE ops.cdc_heartbeat (
  id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  beat_at timestamptz NOT NULL DEFAULT now(),
  beats bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO ops.cdc_heartbeat DEFAULT VALUES;

-- The connector's signals and watermarks; names and order of the columns are Debezium's.
CREATE TABLE ops.cdc_signals (
  id text PRIMARY KEY,
  type text NOT NULL,
  data text
);

-- One row per slot that ever fed the warehouse. The number is the highest part of a row's version there, so that all
-- rows of a new slot count as newer than all of an older one, whatever their positions in the log.
CREATE TABLE ops.cdc_epochs (
  epoch integer PRIMARY KEY CHECK (epoch BETWEEN 1 AND 65535),
  slot text NOT NULL,
  connector text NOT NULL,
  system_identifier text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL,
  -- ddl_history rows of this epoch begin here, with one `initial` row per table.
  first_ddl_id bigint NOT NULL,
  -- Whether the slot has been seen since; before that, its absence only means that it is still to be made.
  slot_seen_at timestamptz,
  snapshot_completed_at timestamptz,
  retired_at timestamptz
);

-- Tables to read again, by whom and why, and what became of it.
CREATE TABLE ops.cdc_resnapshots (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- SQL condition on the table; null for all rows.
  condition text,
  reason text NOT NULL,
  ddl_id bigint UNIQUE,
  epoch integer,
  requested_at timestamptz NOT NULL DEFAULT now(),
  signalled_at timestamptz,
  completed_at timestamptz,
  rows bigint,
  outcome text CHECK (outcome IN ('completed', 'aborted', 'empty', 'no_primary_key', 'table_gone', 'superseded'))
);
CREATE INDEX cdc_resnapshots_open ON ops.cdc_resnapshots (id) WHERE completed_at IS NULL;

-- What is captured: ordinary and partitioned tables of crm and sales (partitions count as their root), and what the
-- consumers of changes read beside them.
CREATE FUNCTION ops.captured_tables() RETURNS TABLE (table_oid oid, schema_name text, table_name text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.oid, n.nspname::text, c.relname::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition
    AND (n.nspname IN ('crm', 'sales')
      OR (n.nspname = 'ops' AND c.relname IN ('ddl_history', 'cdc_heartbeat', 'cdc_signals')))
$$;

-- The columns of a table, by attnum. `missing_value` is what rows written before the column was added have in it; it is
-- not stored in them, and a table that is rewritten (also by VACUUM FULL) forgets it.
CREATE FUNCTION ops.table_columns(table_oid oid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'postgres'
SET bytea_output = 'hex' SET extra_float_digits = 1
AS $body$
  SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'base_type', format_type(b.oid, b.typmod),
    'generated', nullif(a.attgenerated, ''),
    'enum_values', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = b.oid),
    'element_type', (SELECT format_type(t.typelem, b.typmod) FROM pg_type t
      WHERE t.oid = b.oid AND t.typsubscript = 'array_subscript_handler'::regproc)
  )) || jsonb_build_object(
    'attnum', a.attnum,
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'type_oid', a.atttypid::bigint,
    'typname', (SELECT t.typname FROM pg_type t WHERE t.oid = b.oid),
    'not_null', a.attnotnull,
    'key_position', array_position(k.indkey::int2[], a.attnum) - array_lower(k.indkey::int2[], 1) + 1,
    'default', CASE WHEN a.atthasmissing THEN 'constant' WHEN d.oid IS NULL THEN 'none'
      WHEN pg_get_expr(d.adbin, d.adrelid) ~ '^(''([^'']|'''')*''(::[a-z" ]+(\([0-9, ]+\))?(\[\])?)?|-?[0-9.]+|\(-?[0-9.]+\)(::[a-z ]+)?|true|false|NULL(::.+)?)$'
        THEN 'constant' ELSE 'volatile' END,
    'missing_value', CASE WHEN a.atthasmissing THEN (a.attmissingval::text::text[])[1] END,
    'dropped', false
  ) ORDER BY a.attnum), '[]')
  FROM pg_attribute a
  CROSS JOIN LATERAL (
    -- A domain is stored as its base type, with the domain's own length or precision.
    WITH RECURSIVE base AS (
      SELECT t.oid, a.atttypmod AS typmod, t.typtype, t.typbasetype, t.typtypmod
      FROM pg_type t WHERE t.oid = a.atttypid
      UNION ALL
      SELECT t.oid, base.typtypmod, t.typtype, t.typbasetype, t.typtypmod
      FROM base JOIN pg_type t ON t.oid = base.typbasetype WHERE base.typtype = 'd'
    )
    SELECT base.oid, base.typmod FROM base WHERE base.typtype <> 'd'
  ) b
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  -- A deferrable key may be ambiguous for a while: as good as none.
  LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary AND k.indimmediate
  WHERE a.attrelid = table_columns.table_oid AND a.attnum > 0 AND NOT a.attisdropped
$body$;

-- What makes two column sets differ: not what a rewrite of the same rows forgets.
CREATE FUNCTION ops.column_shape(columns jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT jsonb_agg(c - 'missing_value' - 'default' ORDER BY (c ->> 'attnum')::integer) FROM jsonb_array_elements(columns) c $$;

-- Publishing whole old rows, without which an update of a table without a key is an error, and one of a large value
-- elsewhere in the row loses it downstream; and the connector's permission to read.
CREATE FUNCTION ops.prepare_captured() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT c.oid::regclass AS name, c.relreplident <> 'f' AS lacks_identity,
      NOT has_table_privilege('ebb_connector', c.oid, 'SELECT') AS lacks_grant
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('crm', 'sales') AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
      AND (c.relreplident <> 'f' OR NOT has_table_privilege('ebb_connector', c.oid, 'SELECT'))
  LOOP
    IF found.lacks_identity THEN
      EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', found.name);
      RETURN NEXT format('replica identity of %s set to FULL', found.name);
    END IF;
    IF found.lacks_grant THEN
      EXECUTE format('GRANT SELECT ON %s TO ebb_connector', found.name);
      RETURN NEXT format('ebb_connector may read %s', found.name);
    END IF;
  END LOOP;
END
$$;

-- Compares every captured table with its last known columns and writes down what changed; how many changes.
CREATE FUNCTION ops.record_schema_changes(change_origin text, change_command text, log_position pg_lsn)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rewritten oid[] := coalesce(nullif(current_setting('ebb.rewritten_tables', true), ''), '{}')::oid[];
  recorded integer;
BEGIN
  WITH known AS (
    SELECT DISTINCT ON (h.table_oid) h.* FROM ops.ddl_history h ORDER BY h.table_oid, h.id DESC
  ), current AS (
    SELECT t.table_oid, t.schema_name, t.table_name, ops.table_columns(t.table_oid) AS columns
    FROM ops.captured_tables() t
  ), compared AS (
    SELECT coalesce(c.table_oid, k.table_oid) AS table_oid,
      coalesce(c.schema_name, k.schema_name) AS schema_name, coalesce(c.table_name, k.table_name) AS table_name,
      coalesce(c.columns, '[]') AS columns, coalesce(c.table_oid = ANY (rewritten), false) AS rewrites,
      CASE
        WHEN c.table_oid IS NULL THEN 'drop'
        WHEN k.table_oid IS NULL OR k.kind = 'drop' THEN 'create'
        WHEN (c.schema_name, c.table_name) <> (k.schema_name, k.table_name) THEN 'rename'
        WHEN change_origin = 'drift' THEN 'drift'
        ELSE 'alter'
      END AS kind
    FROM current c FULL JOIN known k ON k.table_oid = c.table_oid
    WHERE (c.table_oid IS NULL AND k.kind <> 'drop')
      OR (c.table_oid IS NOT NULL AND (k.table_oid IS NULL OR k.kind = 'drop'
        OR (c.schema_name, c.table_name) <> (k.schema_name, k.table_name)
        OR ops.column_shape(c.columns) IS DISTINCT FROM ops.column_shape(k.columns)
        OR c.table_oid = ANY (rewritten)))
  ), written AS (
    INSERT INTO ops.ddl_history (lsn, origin, kind, schema_name, table_name, table_oid, command, rewrites, columns)
    SELECT log_position, change_origin, c.kind, c.schema_name, c.table_name, c.table_oid, change_command,
      c.rewrites, c.columns
    FROM compared c ORDER BY c.table_oid
    RETURNING 1
  )
  SELECT count(*) INTO recorded FROM written;
  PERFORM set_config('ebb.rewritten_tables', '', true);
  RETURN recorded;
END
$$;

-- For servers that refuse event triggers, and as a net below them: what nothing recorded is found by comparing.
CREATE FUNCTION ops.detect_schema_drift() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT ops.record_schema_changes('drift', NULL, pg_current_wal_insert_lsn()) $$;

-- Where an epoch begins: every table as it is now; the id of the first row. The locks wait for changes of columns that
-- are under way: theirs would be committed later with an earlier position.
CREATE FUNCTION ops.record_initial_schemas(why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name regclass;
  first_id bigint;
BEGIN
  FOR name IN SELECT t.table_oid FROM ops.captured_tables() t ORDER BY t.table_oid LOOP
    EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', name);
  END LOOP;
  WITH written AS (
    INSERT INTO ops.ddl_history (lsn, origin, kind, schema_name, table_name, table_oid, command, columns)
    SELECT pg_current_wal_insert_lsn(), 'initial', 'initial', t.schema_name, t.table_name, t.table_oid, why,
      ops.table_columns(t.table_oid)
    FROM ops.captured_tables() t ORDER BY t.schema_name, t.table_name
    RETURNING id
  )
  SELECT min(id) INTO first_id FROM written;
  RETURN first_id;
END
$$;

-- CREATE TABLE AS logs rows before its end, so their table begins at its start.
CREATE FUNCTION ops.on_ddl_start() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('ebb.ddl_start', pg_current_wal_insert_lsn()::text, true);
END
$$;

-- Reasons 2 (default) and 4 (type) give rows other values; a move between logged and unlogged or of access method not.
CREATE FUNCTION ops.on_table_rewrite() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF pg_event_trigger_table_rewrite_reason() & 6 <> 0 THEN
    PERFORM set_config('ebb.rewritten_tables',
      array_append(coalesce(nullif(current_setting('ebb.rewritten_tables', true), ''), '{}')::oid[],
        pg_event_trigger_table_rewrite_oid())::text, true);
  END IF;
END
$$;

CREATE FUNCTION ops.on_ddl_end() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  log_position pg_lsn := pg_current_wal_insert_lsn();
  start_position pg_lsn;
BEGIN
  -- Temporary tables and those of other schemas are made all the time.
  IF NOT EXISTS (
    SELECT FROM pg_event_trigger_ddl_commands() c
    WHERE c.schema_name IN ('crm', 'sales', 'ops')
      OR (c.schema_name IS DISTINCT FROM 'pg_temp' AND (c.object_type NOT IN ('table', 'index', 'sequence')
        -- A table that left a captured schema reports the one it went to.
        OR c.objid IN (SELECT h.table_oid FROM ops.ddl_history h)))
  ) THEN
    RETURN;
  END IF;
  IF tg_tag IN ('CREATE TABLE AS', 'SELECT INTO') THEN
    start_position := nullif(current_setting('ebb.ddl_start', true), '')::pg_lsn;
  END IF;
  PERFORM ops.record_schema_changes('trigger', left(tg_tag || ': ' || coalesce(current_query(), ''), 2000),
    coalesce(start_position, log_position));
  PERFORM ops.prepare_captured();
END
$$;

CREATE FUNCTION ops.on_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  log_position pg_lsn := pg_current_wal_insert_lsn();
BEGIN
  IF EXISTS (
    SELECT FROM pg_event_trigger_dropped_objects() d
    WHERE NOT d.is_temporary AND d.schema_name IN ('crm', 'sales')
      AND d.object_type IN ('table', 'table column', 'table constraint')
  ) THEN
    PERFORM ops.record_schema_changes('trigger', left(tg_tag || ': ' || coalesce(current_query(), ''), 2000), log_position);
  END IF;
END
$$;

-- Creates the publication, or what is missing of it; what it did. Publishing whole schemas, so that a new table needs
-- nothing, is for superusers; others publish table by table, and the connector calls this again for later ones.
CREATE FUNCTION ops.repair_publication() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing record;
  options text := $o$publish = 'insert, update, delete, truncate', publish_via_partition_root = true, publish_generated_columns = stored$o$;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'ebb_cdc') THEN
    BEGIN
      EXECUTE 'CREATE PUBLICATION ebb_cdc FOR TABLES IN SCHEMA crm, sales, TABLE ops.ddl_history, ops.cdc_heartbeat, '
        || 'ops.cdc_signals WITH (' || options || ')';
    EXCEPTION WHEN insufficient_privilege THEN
      EXECUTE 'CREATE PUBLICATION ebb_cdc FOR TABLE ops.ddl_history, ops.cdc_heartbeat, ops.cdc_signals WITH ('
        || options || ')';
    END;
    RETURN NEXT 'publication ebb_cdc created';
  END IF;
  IF EXISTS (SELECT FROM pg_publication WHERE pubname = 'ebb_cdc'
      AND NOT (pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot AND pubgencols = 's')) THEN
    EXECUTE 'ALTER PUBLICATION ebb_cdc SET (' || options || ')';
    RETURN NEXT 'publication ebb_cdc publishes all operations again';
  END IF;
  FOR missing IN
    SELECT t.table_oid::regclass AS name FROM ops.captured_tables() t
    WHERE NOT EXISTS (SELECT FROM pg_publication_tables p
      WHERE p.pubname = 'ebb_cdc' AND (p.schemaname, p.tablename) = (t.schema_name, t.table_name))
  LOOP
    EXECUTE format('ALTER PUBLICATION ebb_cdc ADD TABLE %s', missing.name);
    RETURN NEXT format('%s added to publication ebb_cdc', missing.name);
  END LOOP;
END
$$;

DO $$
BEGIN
  CREATE EVENT TRIGGER ebb_cdc_ddl_start ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS', 'SELECT INTO')
    EXECUTE FUNCTION ops.on_ddl_start();
  CREATE EVENT TRIGGER ebb_cdc_rewrite ON table_rewrite EXECUTE FUNCTION ops.on_table_rewrite();
  CREATE EVENT TRIGGER ebb_cdc_ddl_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',
    'ALTER TABLE', 'ALTER SCHEMA', 'CREATE SCHEMA', 'ALTER TYPE', 'ALTER DOMAIN', 'ALTER EXTENSION')
    EXECUTE FUNCTION ops.on_ddl_end();
  CREATE EVENT TRIGGER ebb_cdc_drop ON sql_drop EXECUTE FUNCTION ops.on_drop();
  INSERT INTO ops.settings (key, value) VALUES ('ddl_capture', 'trigger');
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'event triggers need a superuser: changed columns are found by comparing, a moment after they changed';
  INSERT INTO ops.settings (key, value) VALUES ('ddl_capture', 'drift');
END
$$;

GRANT USAGE ON SCHEMA crm, sales, ops TO ebb_connector;
GRANT SELECT ON ALL TABLES IN SCHEMA crm, sales TO ebb_connector;
ALTER DEFAULT PRIVILEGES IN SCHEMA crm, sales GRANT SELECT ON TABLES TO ebb_connector;
GRANT SELECT ON ops.ddl_history, ops.settings, ops.policies TO ebb_connector;
GRANT SELECT, UPDATE ON ops.cdc_heartbeat TO ebb_connector;
GRANT SELECT, INSERT, DELETE ON ops.cdc_signals TO ebb_connector;
GRANT SELECT, INSERT, UPDATE ON ops.cdc_epochs, ops.cdc_resnapshots TO ebb_connector;
GRANT USAGE ON SCHEMA ops TO ebb_sink, ebb_ledger;
GRANT SELECT ON ops.ddl_history, ops.policies, ops.settings, ops.cdc_epochs TO ebb_sink;
GRANT SELECT ON ops.cdc_epochs, ops.cdc_resnapshots, ops.cdc_heartbeat TO ebb_dashboard, ebb_reader;

-- They run with their owner's rights.
REVOKE EXECUTE ON FUNCTION ops.record_schema_changes(text, text, pg_lsn), ops.prepare_captured(),
  ops.detect_schema_drift(), ops.record_initial_schemas(text), ops.repair_publication() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.prepare_captured(), ops.detect_schema_drift(), ops.record_initial_schemas(text),
  ops.repair_publication() TO ebb_connector;

SELECT ops.record_initial_schemas('0007_cdc');
SELECT ops.prepare_captured();
SELECT ops.repair_publication();
