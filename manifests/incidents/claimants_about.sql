-- Who claimed for a dossier ($1), its result, or an item that carried nothing but these.
SELECT claimant.claim, claimant.name, claimant.phone, claimant.address, claimant.statement, claimant.created_at AS at
FROM claim
JOIN claimant ON claimant.claim = claim.code AND claimant.erased_at IS NULL
JOIN piece ON piece.code = claim.piece
WHERE claim.piece IN ($1::text, $1::text || '-KQ')
OR (piece.dossiers <> '{}' AND piece.dossiers <@ ARRAY[$1::text, $1::text || '-KQ'])
ORDER BY claimant.claim
