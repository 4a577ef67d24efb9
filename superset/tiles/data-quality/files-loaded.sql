-- A file's newest state, by what has none after it.
SELECT count(*)
FROM ops.files AS f
WHERE f.status = 'loaded'
  AND NOT EXISTS (SELECT 1 FROM ops.files AS later WHERE (later.source, later.key) = (f.source, f.key) AND later.id > f.id)
