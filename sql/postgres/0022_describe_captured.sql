-- Makes the server describe every captured table once more to whoever follows its log, before the table's next change.
-- A connector that is asked to read a table again takes its columns from the catalog as they are by then, while changes
-- made under earlier columns are still on their way: without a description it would give their values to the wrong
-- columns, by place. Called in the transaction that asks; a publication that is altered, even to what it was, forgets what
-- it has described.
CREATE FUNCTION ops.describe_captured() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  ALTER PUBLICATION ebb_cdc SET (publish = 'insert, update, delete, truncate');
END
$$;

REVOKE EXECUTE ON FUNCTION ops.describe_captured() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.describe_captured() TO ebb_connector;
