-- People with their assignments at the organisations $1 (all if null): $2 one person, $3 the code to begin after,
-- $4 how many.
SELECT p.code, p.name, p.login, p.password_hash IS NOT NULL AS can_sign_in, p.created_at,
       json_agg(json_build_object(
           'id', a.id, 'role', a.role, 'organisation', a.organisation,
           'valid_from', a.valid_from, 'valid_to', a.valid_to
       ) ORDER BY a.valid_from, a.id) AS assignments
FROM person AS p
JOIN assignment AS a ON a.person = p.code
WHERE ($1::text[] IS NULL OR a.organisation = ANY($1))
  AND ($2::text IS NULL OR p.code = $2)
  AND ($3::text IS NULL OR p.code COLLATE "C" > $3)
GROUP BY p.code
ORDER BY p.code COLLATE "C"
LIMIT $4
