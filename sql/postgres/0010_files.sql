-- The file ledger: what the batch-loader found, and what became of it.

DO $$
BEGIN
  CREATE ROLE ebb_loader NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

-- Numbers of loads. Given out when a load begins, and loads never overlap, so a greater number is a later load.
CREATE SEQUENCE ops.load_ids;

-- One row per file and version of it; of a file, the last row counts. Which rows are visible in the warehouse is decided
-- there (raw.loaded_files): a ledger that was set back to an older state is brought up to date from it.
CREATE TABLE ops.files (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Where it was found: `folder:/path` or `store:bucket`.
  source text NOT NULL,
  -- Its path below that.
  key text NOT NULL,
  dataset text NOT NULL,
  -- Its name in the warehouse, the same wherever it was found.
  name text NOT NULL,
  bytes bigint NOT NULL,
  -- By which a change is seen without reading: ETag, or size and time of the last change.
  version text NOT NULL,
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- waiting: still being written, as it seems. loading: under way, or interrupted. duplicate: its content is loaded
  -- under another name. quarantined: refused, see rules. failed: not the file's fault; tried again. replaced: was
  -- loaded, another content under its name is now. withdrawn: taken out by a person.
  status text NOT NULL CHECK (status IN
    ('waiting', 'loading', 'loaded', 'duplicate', 'quarantined', 'failed', 'replaced', 'withdrawn')),
  load_id bigint UNIQUE,
  rows bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  -- Every rule that the file or one of its lines breaks.
  rules text[] NOT NULL DEFAULT '{}',
  message text NOT NULL DEFAULT '',
  -- Name under which the same content is loaded.
  duplicate_of text,
  processing_date date,
  found_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX files_latest ON ops.files (source, key, id DESC);
CREATE INDEX files_name ON ops.files (dataset, name);
CREATE INDEX files_open ON ops.files (id) WHERE status IN ('waiting', 'loading', 'failed');

GRANT USAGE ON SCHEMA ops TO ebb_loader;
GRANT SELECT, INSERT, UPDATE ON ops.files TO ebb_loader;
GRANT SELECT, USAGE, UPDATE ON SEQUENCE ops.load_ids TO ebb_loader;
GRANT SELECT ON ops.files TO ebb_dashboard, ebb_reader, ebb_ledger;
