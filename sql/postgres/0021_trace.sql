-- Whoever follows one event asks whether a message with its id was refused. Rows here are few as long as senders keep to
-- the contract; without this index a flood of refusals would make each question read all of it.
CREATE INDEX dead_letters_event ON stream.dead_letters (event_id) WHERE event_id IS NOT NULL;
