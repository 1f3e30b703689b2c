-- What waits at organisations ($1 codes, all if null; $2 province, any if null; $3 kinds; $4 today; $5 now; $6 how long a
-- run may take, $7 the order, $8 and $9 key and code of the last one shown, $10 how many). In the order of codes only those
-- of the page are looked at; for any other order each of the scope must be.
WITH office AS (
    SELECT organisation.code, organisation.name, organisation.kind
    FROM organisation
    LEFT JOIN administrative_unit AS unit ON unit.code = organisation.unit_code
    WHERE ($1::text[] IS NULL OR organisation.code = ANY($1))
    AND ($2::text IS NULL OR coalesce(unit.province_code, unit.code, '') = $2)
    AND organisation.kind = ANY($3::text[])
    AND organisation.valid_from <= $4 AND (organisation.valid_to IS NULL OR $4 < organisation.valid_to)
    AND ($7 <> 'code' OR $9::text IS NULL OR organisation.code COLLATE "C" > $9)
    ORDER BY organisation.code COLLATE "C"
    LIMIT CASE WHEN $7 = 'code' THEN $10::int END
),
queue AS (
    SELECT
        office.code, office.name, office.kind, held.n AS held, held.oldest, offered.n AS offers, device.n AS silent,
        device.worst, shift.n AS shifts, run.n + departure.n AS late, waiting.n AS manifests,
        discrepancy.n AS discrepancies, discrepancy.overdue
    FROM office
    CROSS JOIN LATERAL (
        SELECT count(*) AS n, min(since) AS oldest
        FROM custody
        WHERE custody.claims @> ARRAY[office.code] AND custody.container IS NULL
        AND custody.phase NOT IN ('delivered', 'returned', 'lost')
    ) AS held
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM custody WHERE custody.offer IS NOT NULL AND custody.offer ->> 'receiver' = office.code
    ) AS offered
    CROSS JOIN LATERAL (
        SELECT
            count(DISTINCT unsent.device) AS n,
            (array_agg(
                jsonb_build_object('device', unsent.device, 'last_contact', unsent.last_contact, 'missing', unsent.missing)
                ORDER BY unsent.last_contact, unsent.device
            ))[1] AS worst
        FROM (
            SELECT
                told.device, told.last_contact,
                (
                    SELECT coalesce(jsonb_agg(jsonb_build_array(lower(lack), upper(lack) - 1) ORDER BY lower(lack)), '[]')
                    FROM unnest(int8multirange(int8range(1, told.stated_last + 1)) - told.received) AS lack
                ) AS missing
            FROM device AS own
            JOIN device_epoch AS told ON told.device = own.code
            WHERE own.organisation = office.code AND own.revoked_at IS NULL
            AND int8multirange(int8range(1, told.stated_last + 1)) - told.received <> '{}'
        ) AS unsent
    ) AS device
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM shift WHERE shift.organisation = office.code AND shift.closed_at IS NULL
    ) AS shift
    CROSS JOIN LATERAL (
        SELECT count(*) AS n
        FROM trip
        WHERE trip.parties @> ARRAY[office.code] AND trip.body ->> 'state' = 'departed'
        AND (trip.body -> 'stops' -> -1 ->> 'at')::timestamptz < $5::timestamptz - $6::interval
    ) AS run
    CROSS JOIN LATERAL (
        SELECT count(*) AS n
        FROM manifest
        WHERE manifest.giver = office.code AND manifest.state IN ('draft', 'sealed') AND manifest.cut_off < $5
    ) AS departure
    CROSS JOIN LATERAL (
        SELECT count(*) AS n
        FROM manifest
        WHERE manifest.receiver = office.code AND manifest.state IN ('dispatched', 'receiving')
    ) AS waiting
    CROSS JOIN LATERAL (
        SELECT count(*) AS n, count(*) FILTER (WHERE discrepancy.deadline < $5) AS overdue
        FROM discrepancy
        WHERE discrepancy.owner = office.code AND discrepancy.state = 'open'
    ) AS discrepancy
),
ranked AS (
    SELECT
        queue.*,
        CASE $7::text
            WHEN 'held' THEN held
            WHEN 'oldest' THEN coalesce(extract(epoch FROM $5::timestamptz - oldest), 0)
            WHEN 'offers' THEN offers
            WHEN 'silent' THEN silent
            WHEN 'shifts' THEN shifts
            WHEN 'late' THEN late
            WHEN 'manifests' THEN manifests
            WHEN 'discrepancies' THEN discrepancies
            ELSE 0
        END::float8 AS key
    FROM queue
)
SELECT *
FROM ranked
WHERE $9::text IS NULL OR key < $8::float8 OR (key = $8 AND code COLLATE "C" > $9)
ORDER BY key DESC, code COLLATE "C"
LIMIT $10
