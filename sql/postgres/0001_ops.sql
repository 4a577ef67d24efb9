-- Schemas, service roles, settings, write keys and acceptance policies.

CREATE SCHEMA IF NOT EXISTS stream;
CREATE SCHEMA IF NOT EXISTS sales;
CREATE SCHEMA IF NOT EXISTS kpi;
CREATE SCHEMA IF NOT EXISTS crm;
CREATE SCHEMA IF NOT EXISTS ops;

-- Roles belong to the whole server, a migration to one database: another database may have made them already, even at
-- the same moment (unique_violation). They cannot log in until `provisionRoles` gives them a password.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['ebb_collector', 'ebb_aggregator', 'ebb_simulator', 'ebb_dashboard', 'ebb_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- Lets `ALTER DEFAULT PRIVILEGES` be the one place that says what people and pages may read.
GRANT USAGE ON SCHEMA stream, sales, kpi, crm TO ebb_dashboard, ebb_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA stream, sales, kpi, crm GRANT SELECT ON TABLES TO ebb_dashboard, ebb_reader;
GRANT USAGE ON SCHEMA ops TO ebb_collector, ebb_aggregator, ebb_dashboard, ebb_reader;

CREATE TABLE ops.settings (
  key text PRIMARY KEY,
  value text NOT NULL
);
GRANT SELECT ON ops.settings TO ebb_aggregator, ebb_dashboard, ebb_reader;

-- Keys of the collector. Only the hash is stored; a key is revoked, never deleted.
CREATE TABLE ops.write_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  key_hash text NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
  source text NOT NULL CHECK (source ~ '^[a-z][a-z0-9_]{0,31}$'),
  allowed_origins text[] NOT NULL DEFAULT '{}',
  rate_per_second integer NOT NULL CHECK (rate_per_second > 0),
  burst integer NOT NULL CHECK (burst > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE UNIQUE INDEX write_keys_active_name ON ops.write_keys (name) WHERE revoked_at IS NULL;
GRANT SELECT ON ops.write_keys TO ebb_collector;

-- What consumers accept, by version; producers stamp the version they used into the message, so that every consumer
-- decides alike, today and in a replay.
CREATE TABLE ops.policies (
  version integer PRIMARY KEY CHECK (version > 0),
  raw_retention_days integer NOT NULL CHECK (raw_retention_days > 0),
  custom_types jsonb NOT NULL DEFAULT '{}',
  effective_from timestamptz NOT NULL
);
INSERT INTO ops.policies (version, raw_retention_days, effective_from) VALUES (1, 400, '0001-01-01 00:00:00+00');
GRANT SELECT ON ops.policies TO ebb_collector, ebb_aggregator;
