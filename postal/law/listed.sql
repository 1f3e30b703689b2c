SELECT *
FROM (
    SELECT DISTINCT ON (code) *
    FROM procedure
    WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND code COLLATE "C" > $2
    ORDER BY code, version DESC
) AS current
WHERE $4::boolean IS NULL OR (eligible_submit OR eligible_return) = $4
ORDER BY code COLLATE "C"
LIMIT $3
