-- The owner of Superset's own database. It has no rights here: dashboards read as ebb_reader.
DO $$
BEGIN
  CREATE ROLE ebb_superset NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
