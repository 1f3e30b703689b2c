-- What the steps of things ($1 codes) and the things themselves ($2 organisations that they name) have to do with: kinds
-- of steps, organisations, and the people whom the actor may tell apart ($4 sees everything; $5 its organisations). Rows
-- from $3 on came after the export had begun.
WITH entry AS MATERIALIZED (
    SELECT entry.kind, entry.organisation, entry.person, entry.body
    FROM unnest((SELECT $1::text[])) AS thing (code)
    CROSS JOIN LATERAL ledger_of(thing.code) AS entry
    WHERE entry.position < $3::bigint
)
SELECT
    ARRAY(SELECT DISTINCT kind FROM entry) AS kinds,
    ARRAY(
        SELECT organisation.code
        FROM organisation
        WHERE organisation.code IN (
            SELECT organisation FROM entry
            UNION
            SELECT body ->> 'counterparty' FROM entry
            UNION
            SELECT body ->> 'place' FROM entry
            UNION
            SELECT unnest((SELECT $2::text[]))
        )
    ) AS organisations,
    ARRAY(
        SELECT DISTINCT person FROM entry
        WHERE person IS NOT NULL AND ($4::boolean OR organisation = ANY ($5::text[]))
    ) AS people
