-- The dashboard shows the contract of every event and captured table: column sets, and the registered types of events.
-- Not the statements that changed them, nor who did.
GRANT SELECT (id, at, kind, schema_name, table_name, table_oid, columns) ON ops.ddl_history TO ebb_dashboard;
GRANT SELECT ON ops.policies TO ebb_dashboard;
