-- Where each stored event stood in its topic: a build then finds the new ones without reading the positions of all.
ALTER TABLE raw.web_events ADD INDEX IF NOT EXISTS positions (_partition, _offset) TYPE minmax GRANULARITY 1;
ALTER TABLE raw.web_events MATERIALIZE INDEX positions;
