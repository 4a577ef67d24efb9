-- Models that learn from customers: who works on them, step by step, which there are, and which one counts.

DO $$
BEGIN
  CREATE ROLE ebb_segmentation NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

ALTER TABLE ops.job_runs ADD COLUMN cancel_requested_at timestamptz;

-- A queued job ends at once, a running one as soon as its worker sees it. What has ended stays as it is. Returns the
-- status after the call, null for a key nobody knows.
CREATE FUNCTION ops.cancel_job(key text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  now_is text;
BEGIN
  UPDATE ops.job_runs AS job SET
    cancel_requested_at = clock_timestamp(),
    finished_at = CASE WHEN job.status = 'queued' THEN clock_timestamp() END,
    error = CASE WHEN job.status = 'queued' THEN 'cancelled before it began' END,
    status = CASE WHEN job.status = 'queued' THEN 'failed' ELSE job.status END
  WHERE job.key = cancel_job.key AND job.status IN ('queued', 'running');
  SELECT job.status INTO now_is FROM ops.job_runs AS job WHERE job.key = cancel_job.key;
  RETURN now_is;
END
$$;
REVOKE ALL ON FUNCTION ops.cancel_job(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.cancel_job(text) TO ebb_airflow, ebb_segmentation;

-- One row per step of a job; a step that is done again, after its worker was killed, replaces its row.
CREATE TABLE ops.job_steps (
  job_id bigint NOT NULL REFERENCES ops.job_runs ON DELETE CASCADE,
  step text NOT NULL CHECK (step ~ '^[a-z][a-z0-9_]*$'),
  position integer NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
  attempts integer NOT NULL DEFAULT 1,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  message text NOT NULL DEFAULT '',
  metrics jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
  PRIMARY KEY (job_id, step),
  CHECK ((status = 'running') = (finished_at IS NULL))
);

-- What was learned. The file in the object store holds all that scoring needs; the row says where it came from.
CREATE TABLE ops.models (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  source text NOT NULL CHECK (source ~ '^[a-z][a-z0-9_]{0,31}$'),
  algorithm text NOT NULL,
  parameters jsonb NOT NULL,
  scaler jsonb,
  features text[] NOT NULL CHECK (cardinality(features) > 0),
  as_of date NOT NULL,
  rows bigint NOT NULL CHECK (rows > 0),
  -- SHA-256 over the ids and values it was trained on.
  data_fingerprint text NOT NULL CHECK (data_fingerprint ~ '^[0-9a-f]{64}$'),
  metrics jsonb NOT NULL,
  code_version text NOT NULL,
  file_key text NOT NULL,
  file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
  file_bytes bigint NOT NULL,
  trained_at timestamptz NOT NULL,
  -- challenger: held back, or not decided on yet. champion: the one whose run readers see. retired: was champion.
  role text NOT NULL DEFAULT 'challenger' CHECK (role IN ('challenger', 'champion', 'retired')),
  -- Why the gate holds it back; empty: it does not.
  held_reasons text[] NOT NULL DEFAULT '{}',
  promoted_at timestamptz,
  promoted_by text,
  CHECK (role = 'challenger' OR promoted_at IS NOT NULL)
);
CREATE UNIQUE INDEX models_champion ON ops.models (kind, source) WHERE role = 'champion';
CREATE INDEX models_newest ON ops.models (kind, source, trained_at DESC);

-- One row per job that scores customers. What its first attempt read, later ones read again, so that they come to the
-- same result whatever is published meanwhile.
CREATE TABLE ops.model_runs (
  -- Derived from the job's key.
  run_id uuid PRIMARY KEY,
  job_id bigint NOT NULL UNIQUE REFERENCES ops.job_runs,
  kind text NOT NULL,
  source text NOT NULL,
  as_of date NOT NULL,
  -- The build of the marts that is read; null where a job reads none.
  publication_id text,
  -- The published run it is compared with.
  previous_run_id uuid,
  started_at timestamptz NOT NULL,
  -- open: not finished, or failed (see the job). held: its rows are there, no reader sees them. published: they were
  -- what readers see, and are until another run of this kind and source is.
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'held', 'published')),
  model_id uuid REFERENCES ops.models,
  -- Names the rows in the warehouse; each attempt writes under its own.
  write_id uuid,
  metrics jsonb NOT NULL DEFAULT '{}',
  published_at timestamptz,
  CHECK (state = 'open' OR (write_id IS NOT NULL AND model_id IS NOT NULL)),
  CHECK (state <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX model_runs_newest ON ops.model_runs (kind, source, started_at DESC);

GRANT USAGE ON SCHEMA ops TO ebb_segmentation;
GRANT SELECT, UPDATE ON ops.job_runs TO ebb_segmentation;
GRANT EXECUTE ON FUNCTION ops.enqueue_job(text, jsonb, text) TO ebb_segmentation;
GRANT SELECT, INSERT, UPDATE ON ops.job_steps, ops.models, ops.model_runs TO ebb_segmentation;
GRANT SELECT ON ops.job_steps, ops.models, ops.model_runs TO ebb_airflow, ebb_reader, ebb_dashboard;
