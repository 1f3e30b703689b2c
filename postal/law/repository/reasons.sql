SELECT code, applies_to, name_vi, name_en, valid_from, valid_to
FROM reason_code
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
ORDER BY applies_to, code
