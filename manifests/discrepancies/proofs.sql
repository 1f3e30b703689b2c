-- What a case has been given ($1 its id, $2 manifest, $3 piece, $4 opened at): records of evidence, files attached to it, and
-- scans of its piece that were received since.
SELECT
    (
        SELECT count(*)
        FROM ledger_of($2) AS entry
        WHERE entry.stream = 3 AND entry.body ->> 'discrepancy' = $1::uuid::text AND entry.body ? 'note_commitment'
    ) AS notes,
    (
        SELECT count(*)
        FROM ledger_of($2) AS entry
        WHERE entry.kind = 'file.attached' AND entry.body ->> 'about' = 'discrepancy' AND entry.body ->> 'subject' = $1::uuid::text
    ) AS files,
    (
        SELECT count(*)
        FROM ledger_of($2) AS entry
        WHERE entry.stream = 3 AND entry.body ->> 'discrepancy' = $1::uuid::text AND entry.body ? 'seal'
    ) AS seals,
    (
        SELECT count(*)
        FROM ledger_of($3) AS entry
        WHERE entry.stream = 1 AND entry.kind <> 'correct' AND entry.received_at > $4
    ) AS scans
