-- The devices of each organisation of $1 with a shift open at some time in [$2, $3]; where no shift is known, all that
-- were enrolled there in that time.
WITH worked AS (
    SELECT DISTINCT organisation, device
    FROM shift
    WHERE organisation = ANY($1::text[]) AND opened_at <= $3 AND (closed_at IS NULL OR $2 <= closed_at)
)
SELECT organisation, device, true AS by_shift FROM worked
UNION ALL
SELECT organisation, code, false
FROM device
WHERE organisation = ANY($1::text[])
  AND organisation NOT IN (SELECT organisation FROM worked)
  -- A program has no hands whose scans could still be under way.
  AND NOT starts_with(code, 'program.')
  AND enrolled_at <= $3
  AND (revoked_at IS NULL OR $2 <= revoked_at)
ORDER BY 1, 2
