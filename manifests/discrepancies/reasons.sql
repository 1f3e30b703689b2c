-- The ways in which a discrepancy may end, as in force on a day ($1).
SELECT *
FROM discrepancy_reason
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
ORDER BY by_hand DESC, code
