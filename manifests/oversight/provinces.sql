-- What waits by province ($1 codes of organisations, all if null; $2 kinds; $3 today; $4 now; $5 how long a run may take):
-- each figure is one walk over what is open, so what has ended does not count, however much there is of it.
WITH office AS (
    SELECT organisation.code, coalesce(unit.province_code, unit.code) AS province
    FROM organisation
    LEFT JOIN administrative_unit AS unit ON unit.code = organisation.unit_code
    WHERE ($1::text[] IS NULL OR organisation.code = ANY($1))
    AND organisation.kind = ANY($2::text[])
    AND organisation.valid_from <= $3 AND (organisation.valid_to IS NULL OR $3 < organisation.valid_to)
),
told AS (
    SELECT code, 'organisations' AS what, 1 AS n FROM office
    UNION ALL
    SELECT offer ->> 'receiver', 'offers', 1 FROM custody WHERE offer IS NOT NULL
    UNION ALL
    SELECT own.organisation, 'silent', 1
    FROM device AS own
    WHERE own.revoked_at IS NULL AND EXISTS (
        SELECT
        FROM device_epoch AS told
        WHERE told.device = own.code
        AND int8multirange(int8range(1, told.stated_last + 1)) - told.received <> '{}'
    )
    UNION ALL
    SELECT organisation, 'shifts', 1 FROM shift WHERE closed_at IS NULL
    UNION ALL
    SELECT party, 'late', 1
    FROM trip
    CROSS JOIN unnest(parties) AS party
    WHERE body ->> 'state' = 'departed' AND (body -> 'stops' -> -1 ->> 'at')::timestamptz < $4::timestamptz - $5::interval
    UNION ALL
    SELECT giver, 'late', 1 FROM manifest WHERE state IN ('draft', 'sealed') AND cut_off < $4
    UNION ALL
    SELECT receiver, 'manifests', 1 FROM manifest WHERE state IN ('dispatched', 'receiving')
    UNION ALL
    SELECT owner, 'discrepancies', 1 FROM discrepancy WHERE state = 'open'
    UNION ALL
    SELECT owner, 'overdue', 1 FROM discrepancy WHERE state = 'open' AND deadline < $4
)
SELECT
    office.province AS code,
    (SELECT name FROM administrative_unit WHERE administrative_unit.code = office.province) AS name,
    count(*) FILTER (WHERE what = 'organisations') AS organisations,
    count(*) FILTER (WHERE what = 'offers') AS offers,
    count(*) FILTER (WHERE what = 'silent') AS silent,
    count(*) FILTER (WHERE what = 'shifts') AS shifts,
    count(*) FILTER (WHERE what = 'late') AS late,
    count(*) FILTER (WHERE what = 'manifests') AS manifests,
    count(*) FILTER (WHERE what = 'discrepancies') AS discrepancies,
    count(*) FILTER (WHERE what = 'overdue') AS overdue
FROM told
JOIN office USING (code)
GROUP BY office.province
ORDER BY office.province NULLS LAST
