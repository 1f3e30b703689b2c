-- Phone numbers that may open a code ($1): of the dossier, or of any dossier whose papers are in the item.
SELECT applicant.phone
FROM (SELECT) AS always
LEFT JOIN piece ON piece.code = $1 AND piece.kind <> 'bag'
LEFT JOIN LATERAL unnest(piece.dossiers || piece.code) AS paper ON true
LEFT JOIN applicant ON applicant.dossier = regexp_replace(paper, '-KQ$', '') AND applicant.erased_at IS NULL
