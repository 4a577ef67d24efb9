-- The catalog of the Iceberg tables: which metadata file of a table counts. pyiceberg's SQL catalog reads and writes it;
-- tables and columns are as it (and every other engine's JDBC catalog) expects them.

DO $$
BEGIN
  CREATE ROLE ebb_lake NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

CREATE SCHEMA lake;

CREATE TABLE lake.iceberg_tables (
  catalog_name varchar(255) NOT NULL,
  table_namespace varchar(255) NOT NULL,
  table_name varchar(255) NOT NULL,
  metadata_location varchar(1000),
  previous_metadata_location varchar(1000),
  -- TABLE or VIEW; null in rows of older engines, which knew no views.
  iceberg_type varchar(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name)
);

CREATE TABLE lake.iceberg_namespace_properties (
  catalog_name varchar(255) NOT NULL,
  namespace varchar(255) NOT NULL,
  property_key varchar(255) NOT NULL,
  property_value varchar(1000) NOT NULL,
  PRIMARY KEY (catalog_name, namespace, property_key)
);

GRANT USAGE ON SCHEMA lake, ops TO ebb_lake;
GRANT SELECT, INSERT, UPDATE, DELETE ON lake.iceberg_tables, lake.iceberg_namespace_properties TO ebb_lake;
-- It asks for exports, and tells what became of its own jobs.
GRANT EXECUTE ON FUNCTION ops.enqueue_job(text, jsonb, text) TO ebb_lake;
GRANT SELECT ON ops.job_runs TO ebb_lake;
GRANT UPDATE (status, worker, lease_until, attempts, started_at, finished_at, result, error) ON ops.job_runs TO ebb_lake;
GRANT USAGE ON SCHEMA lake TO ebb_reader;
GRANT SELECT ON lake.iceberg_tables, lake.iceberg_namespace_properties TO ebb_reader;
