-- The batch layers: what files bring, and what builds leave behind. `raw` holds what landed; models of dbt live in
-- `staging` and `intermediate` and, one database per build, in `marts_<id>`; views onto the published one in `marts`.

CREATE DATABASE IF NOT EXISTS staging;
CREATE DATABASE IF NOT EXISTS intermediate;
CREATE DATABASE IF NOT EXISTS marts;
CREATE DATABASE IF NOT EXISTS ml;

-- Which load of a file counts: the greatest. One row, written after every row of the load was acknowledged, makes a
-- load visible and hides the one before it; rows whose load_id stands nowhere here are leftovers of an interrupted load.
CREATE TABLE IF NOT EXISTS raw.loaded_files (
  dataset LowCardinality(String),
  -- Key below the folder or bucket, `daily_sales/2025-06-26/2025-06-26_transactions.csv`.
  source_file String,
  -- Grows with every load of any file; loads never overlap.
  load_id UInt64,
  target_table LowCardinality(String),
  sha256 FixedString(64),
  bytes UInt64,
  rows UInt64,
  rejected UInt64,
  -- The day in the file's name or folder, else the UTC day it was loaded.
  processing_date Date,
  loaded_at DateTime64(3, 'UTC'),
  is_withdrawn Bool DEFAULT false
) ENGINE = ReplacingMergeTree(load_id)
ORDER BY (dataset, source_file);

CREATE OR REPLACE VIEW raw.loaded_files_current AS
SELECT dataset, source_file, load_id, target_table, sha256, bytes, rows, rejected, processing_date, loaded_at
FROM raw.loaded_files FINAL
WHERE NOT is_withdrawn;

-- Lines of the retailer's daily files, as they stand there; an empty cell is NULL. Lines that cannot be read as these
-- types are in raw.load_quarantine.
CREATE TABLE IF NOT EXISTS raw.retail_transactions_bronze (
  Invoice Nullable(String),
  StockCode Nullable(String),
  Description Nullable(String),
  Quantity Nullable(Int32),
  -- Rounded half away from zero; price_text is what the file says.
  Price Nullable(Decimal(10, 2)),
  CustomerID Nullable(String),
  Country Nullable(String),
  InvoiceDate Nullable(String),
  price_text String,
  source_file LowCardinality(String),
  -- Where the record begins, the header being line 1.
  line_no UInt32,
  load_id UInt64,
  processing_date Date,
  ingestion_timestamp DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (processing_date, load_id, line_no);

-- Every line of every file once. _partition and _offset make files a source of incremental models like topics are: a
-- load is an offset, and a replaced file brings its day again under a greater one.
CREATE OR REPLACE VIEW raw.retail_transactions_bronze_current AS
SELECT
  Invoice, StockCode, Description, Quantity, Price, CustomerID, Country, InvoiceDate, price_text, source_file, line_no,
  load_id, processing_date, ingestion_timestamp, toInt32(0) AS _partition, toInt64(load_id) AS _offset
FROM raw.retail_transactions_bronze
WHERE load_id IN (SELECT load_id FROM raw.loaded_files_current WHERE dataset = 'retail_transactions');

-- Profiles of customers, from Parquet.
CREATE TABLE IF NOT EXISTS raw.customer_profiles (
  user_id String,
  registration_date Nullable(Date32),
  subscription_tier LowCardinality(Nullable(String)),
  acquisition_channel LowCardinality(Nullable(String)),
  email Nullable(String),
  country LowCardinality(Nullable(String)),
  source_file LowCardinality(String),
  line_no UInt32,
  load_id UInt64,
  processing_date Date,
  ingestion_timestamp DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (load_id, line_no);

CREATE OR REPLACE VIEW raw.customer_profiles_current AS
SELECT
  user_id, registration_date, subscription_tier, acquisition_channel, email, country, source_file, line_no, load_id,
  processing_date, ingestion_timestamp, toInt32(0) AS _partition, toInt64(load_id) AS _offset
FROM raw.customer_profiles
WHERE load_id IN (SELECT load_id FROM raw.loaded_files_current WHERE dataset = 'customer_profiles');

-- Files of any shape below `documents/<collection>/`: a JSON object per row, its text as it came (from CSV: the cells
-- by their headings, as text).
CREATE TABLE IF NOT EXISTS raw.documents (
  collection LowCardinality(String),
  document String,
  source_file LowCardinality(String),
  line_no UInt32,
  load_id UInt64,
  processing_date Date,
  ingestion_timestamp DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (collection, load_id, line_no);

CREATE OR REPLACE VIEW raw.documents_current AS
SELECT
  collection, document, source_file, line_no, load_id, processing_date, ingestion_timestamp,
  toInt32(0) AS _partition, toInt64(load_id) AS _offset
FROM raw.documents
WHERE load_id IN (SELECT load_id FROM raw.loaded_files_current WHERE dataset = 'documents');

-- What was not loaded, a row per line or, with line_no 0, per file; under the names of all rules it breaks.
CREATE TABLE IF NOT EXISTS raw.load_quarantine (
  dataset LowCardinality(String),
  source_file String,
  load_id UInt64,
  line_no UInt32,
  rules Array(LowCardinality(String)),
  -- What is wrong and what to do, one per rule.
  details Array(String),
  -- The beginning of the line as it stands in the file; bytes that are no UTF-8 are written as \xNN.
  raw String,
  processing_date Date,
  quarantined_at DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (dataset, source_file, load_id, line_no);

-- Of each file: the lines its visible load left out, and why the file as it is now was refused, if it was.
CREATE OR REPLACE VIEW raw.load_quarantine_current AS
SELECT q.dataset AS dataset, q.source_file AS source_file, q.load_id AS load_id, q.line_no AS line_no, q.rules AS rules,
  q.details AS details, q.raw AS raw, q.processing_date AS processing_date, q.quarantined_at AS quarantined_at
FROM raw.load_quarantine AS q
LEFT JOIN raw.loaded_files_current AS f ON f.dataset = q.dataset AND f.source_file = q.source_file
INNER JOIN (
  SELECT dataset, source_file, max(load_id) AS last_load_id FROM raw.load_quarantine GROUP BY dataset, source_file
) AS l ON l.dataset = q.dataset AND l.source_file = q.source_file
WHERE q.load_id = ifNull(f.load_id, 0) OR (q.load_id > ifNull(f.load_id, 0) AND q.load_id = l.last_load_id);

-- One row per build. The pointer: of the rows in state `published`, the one with the greatest built_at is current.
CREATE TABLE IF NOT EXISTS marts.publication (
  -- `p<yyyymmddhhmmss>_<4 hex>`; its tables are in the database `marts_<id>`.
  id String,
  as_of Date,
  -- The last loaded day of the retailer's files.
  as_of_retail Nullable(Date),
  started_at DateTime64(3, 'UTC'),
  built_at DateTime64(3, 'UTC'),
  models UInt32,
  tests_passed UInt32,
  tests_warned UInt32,
  tests_failed UInt32,
  -- building, published, failed, replaced.
  state LowCardinality(String),
  reason String,
  _version UInt64
) ENGINE = ReplacingMergeTree(_version)
ORDER BY id;

-- What became of every model and test of a build; of several rows of a node the last counts.
CREATE TABLE IF NOT EXISTS ops.dbt_results (
  build_id String,
  invocation_id String,
  node_id String,
  resource_type LowCardinality(String),
  status LowCardinality(String),
  message String,
  rows Nullable(UInt64),
  seconds Float64,
  at DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (build_id, node_id, at);

-- Up to where a build reads each source: rows below next_offset of the partition. Taken once, when it opens.
CREATE TABLE IF NOT EXISTS ops.batch_vector (
  build_id String,
  source LowCardinality(String),
  partition Int32,
  next_offset Int64,
  taken_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = ReplacingMergeTree(taken_at)
ORDER BY (build_id, source, partition);

-- Up to where an incremental model has taken in each source. Written after the model succeeded: one that was killed
-- half way does the same rows again.
CREATE TABLE IF NOT EXISTS ops.model_vector (
  model LowCardinality(String),
  source LowCardinality(String),
  partition Int32,
  next_offset Int64,
  build_id String,
  at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (model, source, partition);
