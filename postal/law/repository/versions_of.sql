SELECT *
FROM procedure
WHERE code = $1
ORDER BY version DESC
