-- The organisations below $1 in the tree, itself included. A ministry is below nobody: whoever could make a key for it
-- would hold the national level.
WITH RECURSIVE below AS (
    SELECT code FROM organisation WHERE code = $1
    UNION
    SELECT o.code FROM organisation AS o JOIN below AS b ON o.parent = b.code WHERE o.kind <> 'ministry'
)
SELECT code FROM below
