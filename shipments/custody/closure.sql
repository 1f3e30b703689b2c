-- The pieces whose custody may change with these codes (they and all that was ever packed in them, at any depth), and
-- the containers that these depend on. One row a piece; `affected` marks the former.
WITH RECURSIVE down (code) AS (
    SELECT piece.code
    FROM piece
    WHERE piece.code = ANY($1::text[])
    UNION
    SELECT piece.code
    FROM down
    JOIN ledger_subject AS link ON link.subject = down.code
    JOIN piece ON piece.code = link.code
),
up (code) AS (
    SELECT code
    FROM down
    UNION
    SELECT piece.code
    FROM up
    JOIN ledger_subject AS link ON link.code = up.code
    JOIN piece ON piece.code = link.subject
)
SELECT up.code, EXISTS (SELECT FROM down WHERE down.code = up.code) AS affected
FROM up
