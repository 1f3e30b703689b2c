-- How often each score was given from $1 to before $2, by agency, desk, post office, courier or officer ($3); an actor ($4
-- sees everything, $5 its organisations) gets the lines of its own parties, so of staff those of its own.
SELECT part.key, part.organisation, rating.score, count(*)::integer AS n
FROM rating
CROSS JOIN LATERAL (
    SELECT
        CASE $3::text
            WHEN 'agency' THEN rating.authority
            WHEN 'desk' THEN rating.desk
            WHEN 'office' THEN rating.deliverer
            WHEN 'courier' THEN rating.courier
            ELSE rating.officer
        END AS key,
        CASE $3::text
            WHEN 'agency' THEN rating.authority
            WHEN 'desk' THEN rating.desk
            WHEN 'officer' THEN rating.authority
            ELSE rating.deliverer
        END AS organisation
) AS part
WHERE ($1::timestamptz IS NULL OR rating.given_at >= $1)
AND ($2::timestamptz IS NULL OR rating.given_at < $2)
AND part.key IS NOT NULL
AND ($4::boolean OR part.organisation = ANY ($5::text[]))
GROUP BY part.key, part.organisation, rating.score
ORDER BY part.key, part.organisation, rating.score
