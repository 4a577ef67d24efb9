-- The newest cycle.
SELECT open_findings
FROM ops.ledger_cycles
WHERE id = (SELECT max(id) FROM ops.ledger_cycles)
