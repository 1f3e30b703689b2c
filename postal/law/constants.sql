SELECT DISTINCT ON (name) name, value, valid_from, valid_to, citation, status
FROM rule_constant
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
ORDER BY name, valid_from DESC
