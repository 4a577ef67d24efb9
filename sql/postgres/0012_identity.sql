-- What people decide about who is who. Events alone say whose an anonymous_id is; where they are wrong (a shared browser,
-- a colleague's login) a row here takes that user off that anonymous_id, for the past as well, and deleting the row
-- brings the link back. Captured like every other row of crm.
CREATE TABLE crm.identity_unmerges (
  source text COLLATE "C" NOT NULL CHECK (source ~ '^[a-z][a-z0-9_]{0,31}$'),
  anonymous_id text COLLATE "C" NOT NULL CHECK (anonymous_id <> ''),
  user_id text COLLATE "C" NOT NULL CHECK (user_id <> ''),
  reason text NOT NULL DEFAULT '',
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, anonymous_id, user_id)
);
ALTER TABLE crm.identity_unmerges REPLICA IDENTITY FULL;
