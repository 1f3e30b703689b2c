-- The open cases that may belong to swaps which concern the actor ($1 sees everything, $2 the actor's organisations): all
-- of pieces that came where they do not belong, on every manifest that such a piece crosses and the actor has a case of.
-- `yours` tells which cases the actor sees, `party` of which manifests it is a party.
WITH open_case AS (
    SELECT
        discrepancy.*,
        COALESCE(
            $1 OR manifest.giver = ANY($2::text[]) OR manifest.receiver = ANY($2::text[])
            OR manifest.carrier = ANY($2::text[]),
            false
        ) AS party
    FROM discrepancy
    JOIN manifest ON manifest.code = discrepancy.manifest
    WHERE discrepancy.state = 'open'
    AND EXISTS (
        SELECT
        FROM discrepancy AS found
        WHERE found.piece = discrepancy.piece AND found.state = 'open' AND found.line_class IN ('extra', 'misrouted')
    )
),
concerned AS (
    SELECT DISTINCT manifest FROM open_case WHERE piece IN (
        SELECT piece FROM open_case WHERE party OR owner = ANY($2::text[])
    )
),
piece_of AS (
    SELECT DISTINCT piece FROM open_case WHERE manifest IN (SELECT manifest FROM concerned)
)
SELECT open_case.*, party OR owner = ANY($2::text[]) AS yours
FROM open_case
WHERE piece IN (SELECT piece FROM piece_of)
ORDER BY id
