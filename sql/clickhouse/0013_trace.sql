-- The way of one event begins with its id alone, which stands last in the sorting key: without this index the question reads
-- the ids of all events. Parts that are there get it in the background.
ALTER TABLE raw.web_events ADD INDEX IF NOT EXISTS event_id event_id TYPE bloom_filter(0.01) GRANULARITY 4;
ALTER TABLE raw.web_events MATERIALIZE INDEX event_id;
