-- Words about discrepancies of a dossier ($1), its result, or an item that carried nothing but these.
SELECT note.id, "case".piece, "case".manifest, entry.corrected_at AS at, note.note
FROM piece
JOIN discrepancy AS "case" ON "case".piece = piece.code
CROSS JOIN LATERAL ledger_of("case".manifest) AS entry
JOIN discrepancy_note AS note ON note.id = entry.id
WHERE (
    piece.code IN ($1::text, $1::text || '-KQ')
    OR (
        piece.dossiers && ARRAY[$1::text, $1::text || '-KQ']
        AND piece.dossiers <@ ARRAY[$1::text, $1::text || '-KQ']
    )
)
AND entry.stream = 3
AND entry.body ->> 'discrepancy' = "case".id::text
ORDER BY entry.corrected_at, note.id
