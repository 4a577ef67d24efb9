-- Work that one program asks for and a service does: Airflow puts a row here and waits for its end. The service finds the
-- row whether or not it ran when it was written.

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['ebb_airflow', 'ebb_loader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- queued -> running -> done | failed. A worker that dies leaves `running` behind with a lease in the past; the next
-- worker takes the job over.
CREATE TABLE ops.job_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$'),
  params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
  -- Whoever asks twice for the same names it the same, and gets the job there is.
  key text NOT NULL UNIQUE CHECK (key <> '' AND length(key) <= 400),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  worker text,
  lease_until timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  -- What was done, in figures; null until it is.
  result jsonb,
  -- Why it failed, for a person.
  error text,
  CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL)),
  CHECK ((status = 'running') = (lease_until IS NOT NULL)),
  CHECK ((status = 'failed') = (error IS NOT NULL))
);

CREATE INDEX job_runs_open ON ops.job_runs (kind, id) WHERE status IN ('queued', 'running');

-- The only way in for whoever may not write the table.
CREATE FUNCTION ops.enqueue_job(kind text, params jsonb, key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  job ops.job_runs;
BEGIN
  INSERT INTO ops.job_runs (kind, params, key) VALUES (enqueue_job.kind, enqueue_job.params, enqueue_job.key)
  ON CONFLICT ON CONSTRAINT job_runs_key_key DO NOTHING;
  SELECT * INTO STRICT job FROM ops.job_runs AS known WHERE known.key = enqueue_job.key;
  IF job.kind <> enqueue_job.kind OR job.params <> enqueue_job.params THEN
    RAISE EXCEPTION 'job "%" exists as % %, and now % % is asked for', enqueue_job.key, job.kind, job.params,
      enqueue_job.kind, enqueue_job.params
      USING HINT = 'choose another key';
  END IF;
  RETURN job.id;
END
$$;

REVOKE ALL ON FUNCTION ops.enqueue_job(text, jsonb, text) FROM PUBLIC;
GRANT USAGE ON SCHEMA ops TO ebb_airflow, ebb_loader;
GRANT EXECUTE ON FUNCTION ops.enqueue_job(text, jsonb, text) TO ebb_airflow;
GRANT SELECT ON ops.job_runs TO ebb_airflow, ebb_reader, ebb_dashboard;
GRANT SELECT, UPDATE ON ops.job_runs TO ebb_loader;
