CREATE TEMPORARY TABLE code_to_project ON COMMIT DROP AS
SELECT code FROM ledger
UNION
SELECT subject FROM ledger_subject
UNION
SELECT code FROM ledger_dispute
