SELECT DISTINCT ON (code) *
FROM procedure
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND code > $2
ORDER BY code, version DESC
LIMIT $3
