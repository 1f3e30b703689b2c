-- One lock a dossier, in the order of the locks themselves: whoever shares some waits, and nobody waits in a circle.
-- The space of two numbers is our own, apart from the locks that the ledger takes on codes.
SELECT pg_advisory_xact_lock(7031188, key)
FROM (
    SELECT DISTINCT hashtext(code) AS key
    FROM unnest($1::text[]) AS code
    ORDER BY key
    OFFSET 0
) AS ordered
