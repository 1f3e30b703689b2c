-- What an organisation ($1) may see at the instant $2: itself and its predecessors; and whether it stands above all.
WITH RECURSIVE seen AS (
    SELECT $1::text AS code
    UNION
    SELECT o.code
    FROM organisation AS o
    JOIN seen AS s ON o.successor = s.code
    WHERE o.valid_to <= ($2::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
)
SELECT
    ARRAY(SELECT code FROM seen) AS sees,
    COALESCE((SELECT kind = 'ministry' FROM organisation WHERE code = $1), false) AS national
