-- Everything that a dossier is counted by. Rows are read as JSON, so that a clock may gain columns without harm.
SELECT (
    to_jsonb(dossier) || jsonb_build_object(
        'clocks', (
            SELECT coalesce(jsonb_agg(to_jsonb(span)), '[]')
            FROM dossier_clock AS span
            WHERE span.dossier = dossier.code
        ),
        'papers', (SELECT count(*) FROM document_line WHERE document_line.dossier = dossier.code AND form <> 'electronic'),
        'paper_files', coalesce(shown.papers, 0),
        'result_files', coalesce(shown.results, 0)
    )
)::text AS facts
FROM dossier
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE file.kind = 'scan') AS papers, count(*) FILTER (WHERE file.kind = 'result') AS results
    FROM file_key
    JOIN file ON file.key = file_key.id
    WHERE file_key.dossiers @> ARRAY[dossier.code] AND file_key.about IN ('dossier', 'piece')
) AS shown ON true
WHERE dossier.code = ANY ($1::text[])
