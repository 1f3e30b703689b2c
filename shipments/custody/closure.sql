-- The pieces whose custody may change with these codes (they and all that was ever packed in them, at any depth), and
-- the containers that these depend on. One row a piece; `affected` marks the former.
-- Scans (stream 1) link a piece to its containers. The OFFSET 0 keep each step a look-up by index: a recursive query's size cannot be estimated, and the guess is a scan.
WITH RECURSIVE down (code) AS (
    SELECT piece.code
    FROM piece
    WHERE piece.code = ANY($1::text[])
    UNION
    SELECT piece.code
    FROM down
    CROSS JOIN LATERAL (SELECT code FROM ledger_subject WHERE subject = down.code AND stream = 1 OFFSET 0) AS link
    CROSS JOIN LATERAL (SELECT code FROM piece WHERE piece.code = link.code OFFSET 0) AS piece
),
up (code) AS (
    SELECT code
    FROM down
    UNION
    SELECT piece.code
    FROM up
    CROSS JOIN LATERAL (SELECT subject FROM ledger_subject WHERE code = up.code AND stream = 1 OFFSET 0) AS link
    CROSS JOIN LATERAL (SELECT code FROM piece WHERE piece.code = link.subject OFFSET 0) AS piece
)
SELECT up.code, down.code IS NOT NULL AS affected
FROM up
LEFT JOIN down ON down.code = up.code
