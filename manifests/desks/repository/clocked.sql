-- Dossiers of some agencies ($1) by an open clock ($2) that is due from one instant on ($3, at dossier $4) and before
-- another ($5), as known at $6; the first $7. Each branch walks one index in the order of due instants, so that the length
-- of the whole list does not matter. {condition} tells one reason to be on the list from the others.
WITH mine AS (
    SELECT found.* FROM unnest($1::text[]) AS own (agency) CROSS JOIN LATERAL (
        SELECT c.dossier, c.due, c.due_extended, c.holder
        FROM dossier_clock AS c
        WHERE c.desk = own.agency AND c.clock = $2 AND c.stopped_at IS NULL AND c.due IS NOT NULL
        AND c.due >= $3 AND (c.due, c.dossier) > ($3, $4::text) AND c.due < $5 AND {condition}
        ORDER BY c.due, c.dossier
        LIMIT $7
    ) AS found
    UNION
    SELECT found.* FROM unnest($1::text[]) AS own (agency) CROSS JOIN LATERAL (
        SELECT c.dossier, c.due, c.due_extended, c.holder
        FROM dossier_clock AS c
        WHERE c.authority = own.agency AND c.clock = $2 AND c.stopped_at IS NULL AND c.due IS NOT NULL
        AND c.due >= $3 AND (c.due, c.dossier) > ($3, $4::text) AND c.due < $5 AND {condition}
        ORDER BY c.due, c.dossier
        LIMIT $7
    ) AS found
    UNION
    SELECT found.* FROM unnest($1::text[]) AS own (agency) CROSS JOIN LATERAL (
        SELECT c.dossier, c.due, c.due_extended, c.holder
        -- Its dossiers first, and the clock of each: else the planner may walk through the clocks of all.
        FROM (SELECT code FROM dossier WHERE unit = own.agency AND ended_at IS NULL OFFSET 0) AS d
        CROSS JOIN LATERAL (SELECT * FROM dossier_clock WHERE dossier_clock.dossier = d.code OFFSET 0) AS c
        WHERE c.clock = $2 AND c.stopped_at IS NULL AND c.due IS NOT NULL
        AND c.due >= $3 AND (c.due, c.dossier) > ($3, $4::text) AND c.due < $5 AND {condition}
        ORDER BY c.due, c.dossier
        LIMIT $7
    ) AS found
)
SELECT mine.dossier, mine.due AS at, mine.due, mine.due_extended, mine.holder, d.procedure, d.status
FROM mine
JOIN dossier AS d ON d.code = mine.dossier
ORDER BY mine.due, mine.dossier
LIMIT $7
