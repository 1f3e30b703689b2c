-- What was counted for dossiers, as JSON.
SELECT
    placed.dossier,
    to_jsonb(placed)::text AS place,
    (SELECT coalesce(jsonb_agg(to_jsonb(part)), '[]') FROM figure_part AS part WHERE part.dossier = placed.dossier)::text
        AS parts
FROM figure_dossier AS placed
WHERE placed.dossier = ANY ($1::text[])
