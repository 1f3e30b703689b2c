-- An organisation, all below it, and all that these took over from: a report stands for the whole of them.
WITH RECURSIVE below AS (
    SELECT code FROM organisation WHERE code = $1
    UNION
    SELECT organisation.code
    FROM organisation JOIN below ON organisation.parent = below.code OR organisation.successor = below.code
)
SELECT code FROM below ORDER BY code
