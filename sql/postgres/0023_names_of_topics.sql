-- As before, without tables whose name cannot be that of a topic. Kafka Connect would put `_` in the place of what Kafka
-- does not take, so that two tables share a topic, and one that must stop would stop the other; with a dot in a name the
-- whole connector may fail, since Kafka takes dots for underscores where it compares names.
CREATE OR REPLACE FUNCTION ops.captured_tables() RETURNS TABLE (table_oid oid, schema_name text, table_name text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.oid, n.nspname::text, c.relname::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition
    AND ((n.nspname IN ('crm', 'sales') AND c.relname ~ '^[A-Za-z0-9_-]+$')
      OR (n.nspname = 'ops' AND c.relname IN ('ddl_history', 'cdc_heartbeat', 'cdc_signals')))
$$;
