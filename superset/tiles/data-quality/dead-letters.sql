-- Each letter once.
SELECT count(*)
FROM stream.dead_letters
WHERE coalesce(replayed_at, dropped_at) IS NULL
