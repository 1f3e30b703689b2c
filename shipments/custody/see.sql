-- Replace who sees these pieces ($1 all pieces; $2, $3, $4 piece, organisation, since).
WITH fresh AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS t (piece, organisation, since)
),
gone AS (
    DELETE FROM visibility AS old
    WHERE old.piece = ANY($1::text[])
    AND NOT EXISTS (
        SELECT FROM fresh WHERE fresh.piece = old.piece AND fresh.organisation = old.organisation
    )
)
INSERT INTO visibility AS kept (piece, organisation, since)
SELECT piece, organisation, since FROM fresh
ON CONFLICT (piece, organisation) DO UPDATE SET since = EXCLUDED.since
WHERE kept.since <> EXCLUDED.since
