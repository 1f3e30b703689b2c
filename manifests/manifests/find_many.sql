-- Manifests with their lines ($1 codes; $2 sees everything; $3 the actor's organisations). A draft is its giver's alone.
SELECT
    manifest.*,
    COALESCE(
        (
            SELECT jsonb_agg(jsonb_build_object('n', n, 'piece', piece, 'open', open) ORDER BY n)
            FROM manifest_line
            WHERE manifest_line.manifest = manifest.code
        ),
        '[]'
    ) AS lines
FROM manifest
WHERE manifest.code = ANY($1::text[])
AND (
    $2
    OR manifest.giver = ANY($3::text[])
    OR (manifest.state <> 'draft' AND (manifest.receiver = ANY($3::text[]) OR manifest.carrier = ANY($3::text[])))
)
