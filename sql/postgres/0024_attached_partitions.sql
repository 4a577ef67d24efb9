-- A partition that is attached brings rows into a captured table that no change tells of: the table counts as rewritten, and
-- is read again. One that is made in its place is empty, and its rows come as changes of the table.
CREATE TABLE ops.captured_partitions (
  partition_oid oid PRIMARY KEY,
  table_oid oid NOT NULL
);

-- Notes what captured tables consist of by now; the tables that have got partitions with rows since the last time.
CREATE FUNCTION ops.note_partitions() RETURNS oid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached record;
  has_rows boolean;
  filled oid[] := '{}';
BEGIN
  DELETE FROM ops.captured_partitions k WHERE NOT EXISTS (
    SELECT FROM ops.captured_tables() t, pg_partition_tree(t.table_oid) p
    WHERE t.table_oid = k.table_oid AND p.relid = k.partition_oid);
  FOR attached IN
    INSERT INTO ops.captured_partitions (partition_oid, table_oid)
    SELECT p.relid, t.table_oid
    FROM ops.captured_tables() t JOIN pg_class c ON c.oid = t.table_oid AND c.relkind = 'p'
    CROSS JOIN LATERAL pg_partition_tree(t.table_oid) p
    WHERE p.isleaf AND p.relid <> t.table_oid
    ON CONFLICT (partition_oid) DO NOTHING
    RETURNING partition_oid, table_oid
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', attached.partition_oid::regclass) INTO has_rows;
    IF has_rows THEN
      filled := array_append(filled, attached.table_oid);
    END IF;
  END LOOP;
  RETURN filled;
END
$$;

ALTER FUNCTION ops.record_schema_changes(text, text, pg_lsn) RENAME TO record_changed_columns;

-- As before, with the tables that got partitions among the rewritten ones.
CREATE FUNCTION ops.record_schema_changes(change_origin text, change_command text, log_position pg_lsn) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('ebb.rewritten_tables',
    (coalesce(nullif(current_setting('ebb.rewritten_tables', true), ''), '{}')::oid[] || ops.note_partitions())::text, true);
  RETURN ops.record_changed_columns(change_origin, change_command, log_position);
END
$$;

REVOKE EXECUTE ON FUNCTION ops.note_partitions(), ops.record_schema_changes(text, text, pg_lsn) FROM PUBLIC;

SELECT ops.note_partitions();
