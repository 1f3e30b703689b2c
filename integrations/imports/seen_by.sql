-- An organisation ($1) and those that it succeeded by the instant $2.
WITH RECURSIVE seen AS (
    SELECT $1::text AS code
    UNION
    SELECT o.code
    FROM organisation AS o
    JOIN seen AS s ON o.successor = s.code
    WHERE o.valid_to <= ($2::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
)
SELECT code FROM seen ORDER BY code
