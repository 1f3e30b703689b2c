-- The dossiers behind a figure, newest first: of a measure on some days, of one place as far as it is named.
SELECT part.dossier, part.day, part.measure, placed.authority, placed.desk, placed.office, placed.procedure,
    placed.channel, part.ordinal, part.calendar_ms, part.working_ms
FROM figure_part AS part
JOIN figure_dossier AS placed USING (dossier)
WHERE part.measure = ANY ($1::text[])
    AND part.day >= $2 AND part.day < $3
    AND ($4::text IS NULL OR placed.authority = $4)
    AND ($5::text IS NULL OR placed.desk = $5)
    AND ($6::text IS NULL OR placed.office = $6)
    AND ($7::text IS NULL OR placed.procedure = $7)
    AND ($8::text IS NULL OR placed.channel = $8)
    AND ($9::text IS NULL OR part.holder = $9)
    AND ($10::text[] IS NULL OR placed.desk = ANY ($10))
    AND (
        $18::text[] IS NULL OR NOT EXISTS (
            SELECT FROM figure_part AS later
            WHERE later.dossier = part.dossier AND later.measure = ANY ($18) AND later.day < $3
        )
    )
    AND (
        $11::boolean OR EXISTS (
            SELECT FROM visibility
            WHERE visibility.piece = part.dossier AND visibility.organisation = ANY ($12::text[])
        )
    )
    AND ($13::date IS NULL OR (part.day, part.dossier, part.measure, part.ordinal) < ($13, $14::text, $15::text, $16::integer))
ORDER BY part.day DESC, part.dossier DESC, part.measure DESC, part.ordinal DESC
LIMIT $17
