-- The organisations below $1 in the tree, itself included.
WITH RECURSIVE below AS (
    SELECT code FROM organisation WHERE code = $1
    UNION
    SELECT o.code FROM organisation AS o JOIN below AS b ON o.parent = b.code
)
SELECT code FROM below
