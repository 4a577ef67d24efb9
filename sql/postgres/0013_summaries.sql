-- BRIN indexes know nothing of pages that were written since the last vacuum, and queries read all of those: on a day
-- with many events some million rows for every question about the last minute. A vacuum comes when a fifth of the table is
-- new, so whoever asks about what came lately has it summarized first.
CREATE FUNCTION ops.summarize_web_events() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms'
AS $$
DECLARE
  brin regclass;
BEGIN
  FOR brin IN
    SELECT i.indexrelid::regclass FROM pg_inherits p
      JOIN pg_index i ON i.indrelid = p.inhrelid JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE p.inhparent = 'stream.web_events'::regclass AND a.amname = 'brin'
  LOOP
    PERFORM brin_summarize_new_values(brin);
  END LOOP;
EXCEPTION WHEN lock_not_available THEN
  -- A vacuum is at work, which does the same. Waiting for longer than deadlock_timeout would cancel it.
  NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ops.summarize_web_events() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.summarize_web_events() TO ebb_ledger;
